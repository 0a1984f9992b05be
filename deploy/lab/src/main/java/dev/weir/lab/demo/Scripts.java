package dev.weir.lab.demo;

import dev.weir.cli.CliError;
import dev.weir.cli.Session;
import java.nio.file.Path;
import java.util.List;

/**
 * The demo's programs and manifests.
 *
 * @param directory that of {@code server.pl}
 */
record Scripts(Path directory) {
    static Scripts of(Session session) {
        String path = session.environment().getOrDefault("WEIR_DEMO", "");
        if (path.isEmpty()) {
            throw new CliError(
                    "start this command through deploy/weir: it knows where the demo's files are");
        }
        return new Scripts(Path.of(path));
    }

    List<String> server(String name, int port) {
        return List.of(
                "perl", directory.resolve("server.pl").toString(), name, Integer.toString(port));
    }

    List<String> outsideDns(String address) {
        return List.of("perl", directory.resolve("outside-dns.pl").toString(), address);
    }

    List<String> client(String host, int port, String mode, double limit) {
        return List.of(
                "perl",
                directory.resolve("client.pl").toString(),
                host,
                Integer.toString(port),
                mode,
                limit == Math.rint(limit) ? Long.toString((long) limit) : Double.toString(limit));
    }
}
