package dev.weir.model;

import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import dev.weir.core.v1.ObjectMeta;
import dev.weir.model.Manifests.Manifest;
import dev.weir.model.Manifests.Parsed;
import dev.weir.model.Manifests.Place;
import dev.weir.model.Manifests.Problem;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.api.lowlevel.Parse;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;

/** Reads the documents of one source. */
final class ManifestReader {
    /**
     * Aliases of maps and lists in one source; their expansion counts against {@link
     * MessageReader#MAX_NODES} as well.
     */
    static final int MAX_ALIASES = 50;

    /** Maps and lists inside each other. */
    static final int MAX_DEPTH = 64;

    /** Characters in one source: a listing of 50,000 Services fits. */
    static final int MAX_SOURCE_SIZE = 32 * 1024 * 1024;

    private final String source;
    private final List<Manifest> manifests = new ArrayList<>();
    private final List<Problem> problems = new ArrayList<>();
    private int document = 1;

    ManifestReader(String source) {
        this.source = source;
    }

    Parsed read(String text) {
        if (text.length() > MAX_SOURCE_SIZE) {
            problem(1, "more than " + MAX_SOURCE_SIZE + " characters");
            return new Parsed(manifests, problems);
        }
        try {
            LoadSettings settings = settings(text);
            if (tooDeep(text, settings)) {
                return new Parsed(manifests, problems);
            }
            document = 1;
            Iterator<Node> documents = new Compose(settings).composeAllFromString(text).iterator();
            while (documents.hasNext()) {
                document(documents.next());
                document++;
            }
        } catch (MarkedYamlEngineException syntax) {
            int line = syntax.getProblemMark().map(mark -> mark.getLine() + 1).orElse(1);
            String what = syntax.getProblem() == null ? "not readable" : syntax.getProblem();
            problem(line, "not YAML: " + what);
        } catch (YamlEngineException limit) {
            problem(1, "not YAML: " + limit.getMessage());
        }
        return new Parsed(manifests, problems);
    }

    /**
     * One buffer for the whole text: at the seam of two, version 2.10 fails on a character of two
     * code units.
     */
    private static LoadSettings settings(String text) {
        return LoadSettings.builder()
                .setCodePointLimit(MAX_SOURCE_SIZE)
                .setMaxAliasesForCollections(MAX_ALIASES)
                .setBufferSize(text.length() + 2)
                .build();
    }

    private void problem(int line, String what) {
        problems.add(new Problem.Wrong(new Place(source, document, line), "", what));
    }

    /** Composing and mapping recurse, so the depth is looked at first. */
    private boolean tooDeep(String text, LoadSettings settings) {
        int depth = 0;
        for (Event event : new Parse(settings).parseString(text)) {
            switch (event.getEventId()) {
                case MappingStart, SequenceStart -> depth++;
                case MappingEnd, SequenceEnd -> depth--;
                case DocumentEnd -> document++;
                default -> {}
            }
            if (depth > MAX_DEPTH) {
                int line = event.getStartMark().map(mark -> mark.getLine() + 1).orElse(1);
                problem(line, "more than " + MAX_DEPTH + " maps and lists inside each other");
                return true;
            }
        }
        return false;
    }

    private void document(Node root) {
        if (!root.getTag().equals(Tag.NULL)) {
            object(root, "", new MessageReader(source, document, problems));
        }
    }

    /** The object itself, or the items of a List. */
    private void object(Node node, String path, MessageReader reader) {
        int before = problems.size();
        Optional<Map<String, NodeTuple>> found = reader.map(node, path);
        if (found.isEmpty()) {
            return;
        }
        Map<String, NodeTuple> fields = found.get();
        String apiVersion = header(node, path, fields, "apiVersion", reader);
        String kindName = header(node, path, fields, "kind", reader);
        if (apiVersion.isEmpty() || kindName.isEmpty()) {
            return;
        }
        if (kindName.equals("List") && apiVersion.equals("v1") && path.isEmpty()) {
            valueOf(fields, "items").ifPresent(items -> items(items, path, reader));
            return;
        }
        Optional<Kind> known = readable(kindName);
        if (known.isEmpty()) {
            problems.add(new Problem.UnknownKind(reader.place(node), apiVersion, kindName));
            return;
        }
        Kind kind = known.get();
        if (!kind.apiVersion().equals(apiVersion)) {
            reader.wrong(
                    valueOf(fields, "apiVersion").orElse(node),
                    MessageReader.child(path, "apiVersion"),
                    "expected \"%s\" for kind \"%s\", got \"%s\""
                            .formatted(kind.apiVersion(), kindName, apiVersion));
            return;
        }
        fields.keySet().removeAll(List.of("apiVersion", "kind"));
        Message message = reader.object(fields, path, kind.prototype());
        if (problems.size() == before && named(node, path, message, reader)) {
            manifests.add(new Manifest(source, document, MessageReader.line(node), kind, message));
        }
    }

    private static Optional<Kind> readable(String kindName) {
        return kindName.equals(Mirrored.KIND.name())
                ? Optional.of(Mirrored.KIND)
                : Kinds.named(kindName).filter(kind -> !kind.internal());
    }

    private static Optional<Node> valueOf(Map<String, NodeTuple> fields, String name) {
        return Optional.ofNullable(fields.get(name))
                .map(NodeTuple::getValueNode)
                .filter(value -> !value.getTag().equals(Tag.NULL));
    }

    private void items(Node items, String path, MessageReader reader) {
        String itemsPath = MessageReader.child(path, "items");
        if (!(items instanceof SequenceNode list)) {
            reader.expected(items, itemsPath, "a list");
            return;
        }
        for (int i = 0; i < list.getValue().size(); i++) {
            object(list.getValue().get(i), itemsPath + "[" + i + "]", reader);
        }
    }

    /** Empty, and a problem noted, unless it is a text. */
    private static String header(
            Node node,
            String path,
            Map<String, NodeTuple> fields,
            String name,
            MessageReader reader) {
        String fieldPath = MessageReader.child(path, name);
        Optional<Node> value = valueOf(fields, name);
        if (value.isEmpty()) {
            reader.wrong(node, fieldPath, "expected a string, got nothing");
            return "";
        }
        if (value.get() instanceof ScalarNode scalar
                && scalar.getTag().equals(Tag.STR)
                && !scalar.getValue().isEmpty()) {
            return scalar.getValue();
        }
        reader.expected(value.get(), fieldPath, "a string");
        return "";
    }

    private static boolean named(Node node, String path, Message object, MessageReader reader) {
        FieldDescriptor field = object.getDescriptorForType().findFieldByName("metadata");
        ObjectMeta metadata = (ObjectMeta) object.getField(field);
        boolean named = !metadata.getName().isEmpty() || !metadata.getGenerateName().isEmpty();
        if (!named) {
            reader.wrong(
                    node,
                    MessageReader.child(path, "metadata.name"),
                    "expected a string, got nothing");
        }
        return named;
    }
}
