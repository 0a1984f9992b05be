package dev.weir.agent.l7.proxy;

import com.google.protobuf.ByteString;
import dev.weir.model.Key;
import dev.weir.routing.Certificate;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.Base64;
import java.util.concurrent.TimeUnit;

/** Certificates that the JDK's keytool makes, signed by themselves. */
final class Certificates {
    private static final char[] PASSWORD = "changeit".toCharArray();

    /** One of a name, as it goes to a table, and as its parts. */
    record Made(Certificate certificate, X509Certificate x509, PrivateKey key) {}

    private Certificates() {}

    /**
     * @param algorithm of the key: EC or RSA
     */
    static Made of(Path directory, String name, String algorithm) throws Exception {
        Path store = directory.resolve(name.replace('*', '_') + System.nanoTime() + ".p12");
        Process keytool =
                new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin", "keytool")
                                        .toString(),
                                "-genkeypair",
                                "-alias",
                                "x",
                                "-keyalg",
                                algorithm,
                                "-dname",
                                "CN=" + name,
                                "-ext",
                                "san=dns:" + name,
                                "-validity",
                                "30",
                                "-storetype",
                                "PKCS12",
                                "-storepass",
                                new String(PASSWORD),
                                "-keystore",
                                store.toString())
                        .redirectErrorStream(true)
                        .start();
        String output = new String(keytool.getInputStream().readAllBytes());
        if (!keytool.waitFor(30, TimeUnit.SECONDS) || keytool.exitValue() != 0) {
            throw new IllegalStateException("keytool: " + output);
        }
        KeyStore keys = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(store)) {
            keys.load(in, PASSWORD);
        }
        X509Certificate x509 = (X509Certificate) keys.getCertificate("x");
        PrivateKey key = (PrivateKey) keys.getKey("x", PASSWORD);
        return new Made(
                new Certificate(
                        new Key("Secret", "default", name),
                        pem("CERTIFICATE", x509.getEncoded()),
                        pem("PRIVATE KEY", key.getEncoded())),
                x509,
                key);
    }

    static ByteString pem(String type, byte[] der) {
        return ByteString.copyFromUtf8(
                "-----BEGIN "
                        + type
                        + "-----\n"
                        + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der)
                        + "\n-----END "
                        + type
                        + "-----\n");
    }
}
