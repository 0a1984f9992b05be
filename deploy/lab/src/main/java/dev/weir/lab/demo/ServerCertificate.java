package dev.weir.lab.demo;

import com.google.protobuf.ByteString;
import dev.weir.cli.CliError;
import dev.weir.core.v1.ObjectMeta;
import dev.weir.core.v1.Secret;
import dev.weir.model.Manifests;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A certificate that the demo made, which signs itself, and its key.
 *
 * @param chain in PEM
 */
record ServerCertificate(String host, Path chain, Path key) {
    private static final int LIMIT_SECONDS = 10;

    /** A new one, in files of this directory. */
    static ServerCertificate make(Path directory, String name, String host)
            throws IOException, InterruptedException {
        Path chain = directory.resolve(name + ".crt");
        Path key = directory.resolve(name + ".key");
        List<String> command =
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
                        "2",
                        "-subj",
                        "/CN=" + host,
                        "-addext",
                        "subjectAltName=DNS:" + host,
                        "-keyout",
                        key.toString(),
                        "-out",
                        chain.toString());
        Process openssl =
                new ProcessBuilder(command)
                        .redirectErrorStream(true)
                        .redirectOutput(directory.resolve(name + ".log").toFile())
                        .start();
        if (!openssl.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS) || openssl.exitValue() != 0) {
            openssl.destroyForcibly();
            throw new CliError("demo: openssl made no certificate for " + host);
        }
        return new ServerCertificate(host, chain, key);
    }

    /** The Secret that an Ingress refers to, as a manifest in this file. */
    Path writeSecret(Path file, String name) throws IOException {
        Secret secret =
                Secret.newBuilder()
                        .setMetadata(ObjectMeta.newBuilder().setName(name).setNamespace("default"))
                        .setType("kubernetes.io/tls")
                        .putData("tls.crt", ByteString.copyFrom(Files.readAllBytes(chain)))
                        .putData("tls.key", ByteString.copyFrom(Files.readAllBytes(key)))
                        .build();
        return Files.writeString(file, Manifests.yaml(secret));
    }
}
