package dev.weir.broker;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.Writer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Properties;
import kafka.Kafka;
import kafka.tools.StorageTool;
import org.apache.kafka.common.Uuid;

/**
 * Runs a Kafka broker in this process, by the entry points of Kafka's own scripts: forms the
 * storage when there is none yet, then serves until the process ends. Says only what is wrong, on
 * standard error.
 */
public final class BrokerMain {
    /** Kafka itself exits with 1. */
    private static final int REFUSED = 2;

    private BrokerMain() {}

    public static void main(String[] arguments) {
        try {
            BrokerOptions options = BrokerOptions.parse(List.of(arguments));
            Path settings = prepare(options);
            if (options.whileInputOpen()) {
                Thread.ofPlatform().daemon().name("input").start(BrokerMain::endWithInput);
            }
            Kafka.main(new String[] {settings.toString()});
        } catch (BrokerException e) {
            System.err.println("error: " + e.getMessage());
            System.exit(REFUSED);
        }
    }

    private static Path prepare(BrokerOptions options) {
        Path logs = options.data().resolve("logs");
        Path settings = options.data().resolve("server.properties");
        try {
            Files.createDirectories(logs);
            refuseSecond(options.data(), logs.resolve(".lock"));
            refuseTaken(options.listen());
            Properties properties = BrokerSettings.of(options, logs, freePort());
            try (Writer out = Files.newBufferedWriter(settings)) {
                properties.store(out, "Written at each start");
            }
        } catch (IOException e) {
            throw new BrokerException(
                    "cannot keep data in " + options.data() + ": " + e.getMessage(), e);
        }
        if (Files.notExists(logs.resolve("meta.properties"))) {
            form(settings);
        }
        return settings;
    }

    /** The file is Kafka's lock of the directory. */
    private static void refuseSecond(Path data, Path lockFile) throws IOException {
        try (FileChannel channel =
                FileChannel.open(lockFile, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            if (channel.tryLock() == null) {
                throw new BrokerException("another broker keeps its data in " + data);
            }
        } catch (OverlappingFileLockException e) {
            throw new BrokerException("a broker of this process keeps its data in " + data, e);
        }
    }

    private static void refuseTaken(InetSocketAddress address) {
        if (address.isUnresolved()) {
            throw new BrokerException("no address is known for " + address.getHostString());
        }
        try (ServerSocket socket = new ServerSocket()) {
            socket.setReuseAddress(true);
            socket.bind(address);
        } catch (IOException e) {
            throw new BrokerException(
                    "cannot listen on " + BrokerOptions.text(address) + ": " + e.getMessage(), e);
        }
    }

    /** For the controller, which only this process talks to. */
    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"))) {
            return socket.getLocalPort();
        }
    }

    /** Forms the storage; what an earlier attempt left half done is done. */
    private static void form(Path settings) {
        ByteArrayOutputStream said = new ByteArrayOutputStream();
        String[] arguments = {
            "format", "--ignore-formatted",
            "--config", settings.toString(),
            "--cluster-id", Uuid.randomUuid().toString()
        };
        int code;
        try {
            code =
                    StorageTool.execute(
                            arguments, new PrintStream(said, true, StandardCharsets.UTF_8));
        } catch (RuntimeException e) {
            throw new BrokerException("cannot form the storage: " + e.getMessage(), e);
        }
        if (code != 0) {
            throw new BrokerException(
                    "cannot form the storage: "
                            + said.toString(StandardCharsets.UTF_8).strip().replace('\n', ' '));
        }
    }

    private static void endWithInput() {
        try {
            System.in.transferTo(PrintStream.nullOutputStream());
        } catch (IOException e) {
            System.err.println("error: standard input: " + e.getMessage());
        }
        System.exit(0);
    }
}
