package dev.weir.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * What all proxies are given: hosts that lead to the same endpoints, and a certificate.
 *
 * @param size hosts, and endpoints of their one Service
 */
record HttpScene(Path directory, Size size) {
    static final String ADDRESS = "127.0.0.1";
    static final String CHAIN = "chain.pem";
    static final String KEY = "key.pem";
    static final String SMALL = "/small";
    static final String LARGE = "/large";
    static final int SMALL_BYTES = 100;
    static final int LARGE_BYTES = 1 << 20;

    private static final int FIRST_ENDPOINT = 20_001;

    static String host(int number) {
        return "host-" + number + ".example.com";
    }

    List<Integer> endpoints() {
        return IntStream.range(0, size.endpoints()).mapToObj(i -> FIRST_ENDPOINT + i).toList();
    }

    /** Makes the certificate, with a P-256 key, and what the endpoints serve. */
    void prepare(Workplace place) throws IOException, InterruptedException {
        place.run(
                List.of(
                        "openssl",
                        "req",
                        "-x509",
                        "-newkey",
                        "ec",
                        "-pkeyopt",
                        "ec_paramgen_curve:P-256",
                        "-nodes",
                        "-days",
                        "30",
                        "-subj",
                        "/CN=localhost",
                        "-addext",
                        "subjectAltName=DNS:localhost",
                        "-keyout",
                        directory.resolve(KEY).toString(),
                        "-out",
                        directory.resolve(CHAIN).toString()),
                "");
        Files.writeString(
                directory.resolve("chain-and-key.pem"),
                Files.readString(directory.resolve(CHAIN))
                        + Files.readString(directory.resolve(KEY)));
        Files.writeString(
                directory.resolve("hosts.map"),
                IntStream.rangeClosed(1, size.services())
                        .mapToObj(i -> host(i) + " web\n")
                        .collect(Collectors.joining()));
        Path files = Files.createDirectories(directory.resolve("files"));
        Files.write(files.resolve(SMALL.substring(1)), new byte[SMALL_BYTES]);
        Files.write(files.resolve(LARGE.substring(1)), new byte[LARGE_BYTES]);
    }
}
