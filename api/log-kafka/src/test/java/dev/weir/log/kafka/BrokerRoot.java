package dev.weir.log.kafka;

import dev.weir.broker.BrokerMain;
import dev.weir.broker.ForkedBroker;
import java.io.File;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.spi.ToolProvider;
import java.util.stream.Stream;

/**
 * A directory with all that a broker needs and nothing else: a JDK cut to size, the jars, and the
 * shared libraries of this machine. The root of an image that is built from nothing.
 */
final class BrokerRoot {
    private static final String JAVA = "/opt/java";
    private static final String BROKER = "/opt/broker";

    /** What Kafka refers to; jlink adds what these need. */
    private static final String MODULES =
            "java.desktop,java.management,java.naming,java.rmi,java.security.jgss,java.security.sasl,java.sql,"
                + "jdk.management,jdk.unsupported";

    private static final Pattern LIBRARY = Pattern.compile("(/\\S+) \\(0x");

    private BrokerRoot() {}

    /** Fills a directory that is not there yet. */
    static void fill(Path root) throws Exception {
        Path java = root.resolve(JAVA.substring(1));
        Files.createDirectories(java.getParent());
        link(java);
        copyJars(Files.createDirectories(root.resolve(BROKER.substring(1))));
        for (String library : libraries(java)) {
            Path copy = root.resolve(library.substring(1));
            Files.createDirectories(copy.getParent());
            Files.copy(Path.of(library).toRealPath(), copy);
        }
        // An image has no empty directories.
        Files.createFile(Files.createDirectories(root.resolve("tmp")).resolve(".keep"));
        Files.createFile(Files.createDirectories(root.resolve("data")).resolve(".keep"));
    }

    /** Of a process that has this root; it listens everywhere, and is reached at this address. */
    static List<String> command(String host, int port) {
        List<String> command = new ArrayList<>();
        command.add(JAVA + "/bin/java");
        command.addAll(ForkedBroker.JVM_OPTIONS);
        command.addAll(
                List.of("-cp", BROKER + "/classes:" + BROKER + "/*", BrokerMain.class.getName()));
        command.addAll(List.of("--data", "/data", "--listen", "0.0.0.0:" + port));
        command.addAll(List.of("--advertise", host + ":" + port));
        return command;
    }

    private static void link(Path java) {
        StringWriter said = new StringWriter();
        PrintWriter out = new PrintWriter(said);
        int code =
                ToolProvider.findFirst("jlink")
                        .orElseThrow(() -> new AssertionError("this JDK has no jlink"))
                        .run(
                                out,
                                out,
                                "--add-modules",
                                MODULES,
                                "--strip-java-debug-attributes",
                                "--no-header-files",
                                "--no-man-pages",
                                "--output",
                                java.toString());
        if (code != 0) {
            throw new AssertionError("jlink: " + said);
        }
    }

    private static void copyJars(Path broker) throws IOException, URISyntaxException {
        Path main =
                Path.of(
                        BrokerMain.class
                                .getProtectionDomain()
                                .getCodeSource()
                                .getLocation()
                                .toURI());
        if (Files.isDirectory(main)) {
            copyTree(main, broker.resolve("classes"));
        }
        for (String entry : System.getProperty("java.class.path").split(File.pathSeparator)) {
            Path path = Path.of(entry);
            if (Files.isRegularFile(path)) {
                Files.copy(path, broker.resolve(path.getFileName()));
            }
        }
    }

    private static void copyTree(Path from, Path to) throws IOException {
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : files.toList()) {
                Files.copy(file, to.resolve(from.relativize(file).toString()));
            }
        }
    }

    /** What the JDK's programs and libraries are linked with. */
    private static TreeSet<String> libraries(Path java) throws IOException, InterruptedException {
        TreeSet<String> libraries = new TreeSet<>();
        try (Stream<Path> files = Files.walk(java)) {
            for (Path file : files.filter(BrokerRoot::isLinked).toList()) {
                Process ldd =
                        new ProcessBuilder("ldd", file.toString())
                                .redirectError(ProcessBuilder.Redirect.DISCARD)
                                .start();
                Matcher found = LIBRARY.matcher(new String(ldd.getInputStream().readAllBytes()));
                while (found.find()) {
                    if (!found.group(1).startsWith(java.toString())) {
                        libraries.add(found.group(1));
                    }
                }
                ldd.waitFor();
            }
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
        return libraries;
    }

    private static boolean isLinked(Path file) {
        return file.endsWith("bin/java") || file.toString().endsWith(".so");
    }
}
