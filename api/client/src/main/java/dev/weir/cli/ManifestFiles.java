package dev.weir.cli;

import com.google.protobuf.Message;
import dev.weir.core.v1.ObjectMeta;
import dev.weir.model.Manifests;
import dev.weir.model.Manifests.Manifest;
import dev.weir.model.Manifests.Parsed;
import dev.weir.model.Manifests.Problem;
import dev.weir.model.Mirrored;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The manifests that a command line names. All of them are read before anything is done. */
final class ManifestFiles {
    @Option(
            names = {"-f", "--filename"},
            paramLabel = "FILE|DIR|-",
            split = ",",
            description = "manifests; of a directory, its *.yaml, *.yml and *.json")
    List<String> names = List.of();

    @Option(names = "--skip-unknown-kinds", description = "pass over kinds that Weir does not have")
    boolean skipUnknown;

    /**
     * All objects, Namespaces first and Endpoints last, each with its namespace. Throws CliError
     * that names every place that could not be read.
     *
     * @param namespace for objects that name none; an object that names another one is refused
     */
    List<Manifest> read(Session session, NamespaceOptions namespace) {
        Parsed all = new Parsed(List.of(), List.of());
        for (String name : names) {
            all = all.and(source(session, name));
        }
        List<String> errors =
                all.problems().stream()
                        .filter(problem -> !(skipUnknown && problem instanceof Problem.UnknownKind))
                        .map(Object::toString)
                        .toList();
        if (!errors.isEmpty()) {
            throw new CliError(String.join("\nerror: ", errors));
        }
        all.problems().forEach(problem -> session.err().println("Warning: skipped: " + problem));
        List<Manifest> manifests = new ArrayList<>();
        for (Manifest manifest : all.manifests()) {
            manifests.add(inNamespace(manifest, namespace.namespace));
        }
        manifests.sort(Comparator.comparing(ManifestFiles::turn));
        return manifests;
    }

    /** Whether Endpoints count depends on their Service, so they come last. */
    private static int turn(Manifest manifest) {
        if (manifest.kind().equals(Mirrored.KIND)) {
            return 2;
        }
        return manifest.kind().namespaced() ? 1 : 0;
    }

    private static Manifest inNamespace(Manifest manifest, @Nullable String wanted) {
        ObjectMeta metadata = Resource.metadata(manifest.object());
        String own = metadata.getNamespace();
        if (metadata.getName().isEmpty()) {
            throw new CliError(
                    "from " + metadata.getGenerateName() + ": cannot use generate name with apply");
        }
        if (!manifest.kind().namespaced()) {
            return manifest;
        }
        if (wanted != null && !own.isEmpty() && !own.equals(wanted)) {
            throw new CliError(
                    "the namespace from the provided object \""
                            + own
                            + "\" does not match the namespace \""
                            + wanted
                            + "\". You must pass '--namespace="
                            + own
                            + "' to perform this operation.");
        }
        String namespace =
                !own.isEmpty() ? own : wanted != null ? wanted : NamespaceOptions.DEFAULT;
        Message.Builder object = manifest.object().toBuilder();
        object.setField(
                object.getDescriptorForType().findFieldByName("metadata"),
                metadata.toBuilder().setNamespace(namespace).build());
        return new Manifest(
                manifest.source(),
                manifest.document(),
                manifest.line(),
                manifest.kind(),
                object.build());
    }

    private static Parsed source(Session session, String name) {
        try {
            if (name.equals("-")) {
                return Manifests.parse(
                        "STDIN", new String(session.in().readAllBytes(), StandardCharsets.UTF_8));
            }
            Path path = Path.of(name);
            if (Files.isDirectory(path)) {
                return directory(path);
            }
            if (!Files.exists(path)) {
                throw new CliError("the path \"" + name + "\" does not exist");
            }
            return Manifests.parse(name, Files.readString(path));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Parsed directory(Path directory) throws IOException {
        List<Path> files;
        try (Stream<Path> entries = Files.list(directory)) {
            files =
                    entries.filter(file -> file.toString().matches(".*\\.(yaml|yml|json)"))
                            .filter(Files::isRegularFile)
                            .sorted()
                            .toList();
        }
        if (files.isEmpty()) {
            throw new CliError(
                    "error reading ["
                            + directory
                            + "]: recognized file extensions are [.json .yaml .yml]");
        }
        Parsed all = new Parsed(List.of(), List.of());
        for (Path file : files) {
            all = all.and(Manifests.parse(file.toString(), Files.readString(file)));
        }
        return all;
    }
}
