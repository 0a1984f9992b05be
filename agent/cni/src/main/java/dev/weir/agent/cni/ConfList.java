package dev.weir.agent.cni;

import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.TRUNCATE_EXISTING;
import static java.nio.file.StandardOpenOption.WRITE;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/** The file by which a runtime finds the plug-in. */
public final class ConfList {
    /** Runtimes take the first file by name. */
    public static final String FILE_NAME = "05-weir.conflist";

    /** The shim's file name in the runtime's plug-in directory. */
    public static final String PLUGIN = "weir-cni";

    private ConfList() {}

    /**
     * Speaks 1.0.0 to runtimes that know no more, among them containerd 1.6 and podman 4, and up to
     * 1.1.0 to those that read {@code cniVersions}.
     *
     * @param network its name; part of what makes attachments unique, so it stays the same on a
     *     node
     */
    public static String text(String network, CniSettings settings) {
        ObjectNode list = JsonNodeFactory.instance.objectNode().put("cniVersion", "1.0.0");
        CniResult.VERSIONS.forEach(list.putArray("cniVersions")::add);
        list.put("name", network);
        list.putArray("plugins")
                .addObject()
                .put("type", PLUGIN)
                .put("socket", settings.socket().toString())
                .put("queue", settings.queue().toString());
        return list.toPrettyString() + "\n";
    }

    /**
     * Writes the file. Do it last, when the shim is in place and the server has started, and never
     * remove it while the runtime is up: containerd notices only a file that appears by a rename
     * inside the directory.
     */
    public static void install(Path directory, String network, CniSettings settings)
            throws IOException {
        Files.createDirectories(directory);
        Path young = directory.resolve(FILE_NAME + ".tmp");
        ByteBuffer text = ByteBuffer.wrap(text(network, settings).getBytes(StandardCharsets.UTF_8));
        try (FileChannel file = FileChannel.open(young, CREATE, WRITE, TRUNCATE_EXISTING)) {
            while (text.hasRemaining()) {
                file.write(text);
            }
            file.force(true);
        }
        Files.move(young, directory.resolve(FILE_NAME), StandardCopyOption.ATOMIC_MOVE);
    }
}
