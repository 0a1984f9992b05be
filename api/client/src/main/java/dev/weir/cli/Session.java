package dev.weir.cli;

import dev.weir.client.ServerAddress;
import dev.weir.client.Servers;
import dev.weir.client.WeirClient;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Map;

/** The world that a command runs in: its streams, its environment, the time. */
public record Session(
        Map<String, String> environment,
        InputStream in,
        PrintStream out,
        PrintStream err,
        Clock clock) {

    static Session ofProcess() {
        return new Session(System.getenv(), System.in, System.out, System.err, Clock.systemUTC());
    }

    /** The state directory: {@code --data}, else $WEIR_DATA, else ~/.weir. */
    public Path data(ConnectOptions options) {
        String chosen = options.data != null ? options.data : environment.get("WEIR_DATA");
        Path path =
                chosen != null && !chosen.isEmpty()
                        ? Path.of(chosen)
                        : Path.of(environment.getOrDefault("HOME", "."), ".weir");
        return path.toAbsolutePath().normalize();
    }

    /** Where the address of the server that was started last is kept. */
    public static Path serverFile(Path data) {
        return data.resolve("server");
    }

    /** {@code --server}, else $WEIR_SERVER, else what the state directory says. */
    public Servers servers(ConnectOptions options) {
        String chosen = options.server != null ? options.server : environment.get("WEIR_SERVER");
        try {
            if (chosen != null && !chosen.isEmpty()) {
                return Servers.parse(chosen);
            }
            return Servers.of(
                    ServerAddress.parse(Files.readString(serverFile(data(options))).strip()));
        } catch (NoSuchFileException e) {
            throw new CliError(
                    "no server is known: "
                            + e.getMessage()
                            + " does not exist. Start one with \"weir up\" or \"weir lab up\", or"
                            + " name one with --server");
        } catch (IllegalArgumentException e) {
            throw new CliError(String.valueOf(e.getMessage()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The caller closes it. */
    public WeirClient client(ConnectOptions options) {
        return WeirClient.to(servers(options));
    }
}
