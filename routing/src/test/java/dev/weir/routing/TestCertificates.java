package dev.weir.routing;

import com.google.protobuf.ByteString;
import dev.weir.core.v1.Secret;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.util.Base64;
import java.util.HexFormat;

/** Certificates signed with their own keys, in as little DER as X.509 allows (RFC 5280). */
public final class TestCertificates {
    private static final int SEQUENCE = 0x30;
    private static final int BITS = 0x03;
    private static final int UTC_TIME = 0x17;

    private TestCertificates() {}

    /** A certificate and its key, in PEM; the key in PKCS #8. */
    public record Pair(String certificate, String key) {
        public Secret secret(String namespace, String name) {
            Secret.Builder secret = Secret.newBuilder().setType("kubernetes.io/tls");
            secret.getMetadataBuilder().setNamespace(namespace).setName(name);
            return secret.putData("tls.crt", ByteString.copyFromUtf8(certificate))
                    .putData("tls.key", ByteString.copyFromUtf8(key))
                    .build();
        }
    }

    /**
     * @param algorithm RSA, EC or Ed25519
     * @param names DNS names
     */
    public static Pair make(String algorithm, String... names) throws GeneralSecurityException {
        KeyPair keys = KeyPairGenerator.getInstance(algorithm).generateKeyPair();
        byte[] signing = signing(algorithm);
        byte[] tbs =
                element(
                        SEQUENCE,
                        hex("a003020102"), // version 3
                        hex("020101"), // serial number 1
                        signing,
                        name(),
                        element(SEQUENCE, time("250101000000Z"), time("491231235959Z")),
                        name(),
                        keys.getPublic().getEncoded(),
                        element(0xa3, element(SEQUENCE, alternativeNames(names))));
        Signature signature = Signature.getInstance(signer(algorithm));
        signature.initSign(keys.getPrivate());
        signature.update(tbs);
        byte[] certificate =
                element(SEQUENCE, tbs, signing, element(BITS, hex("00"), signature.sign()));
        return new Pair(
                pem("CERTIFICATE", certificate),
                pem("PRIVATE KEY", keys.getPrivate().getEncoded()));
    }

    private static String signer(String algorithm) {
        return switch (algorithm) {
            case "RSA" -> "SHA256withRSA";
            case "EC" -> "SHA256withECDSA";
            default -> algorithm;
        };
    }

    /** The AlgorithmIdentifier of the signature. */
    private static byte[] signing(String algorithm) {
        return switch (algorithm) {
            case "RSA" -> hex("300d06092a864886f70d01010b0500");
            case "EC" -> hex("300a06082a8648ce3d040302");
            default -> hex("300506032b6570");
        };
    }

    /** CN=test. */
    private static byte[] name() {
        return hex("300f310d300b06035504030c0474657374");
    }

    private static byte[] alternativeNames(String... names) {
        byte[][] general = new byte[names.length][];
        for (int i = 0; i < names.length; i++) {
            general[i] = element(0x82, names[i].getBytes(StandardCharsets.US_ASCII));
        }
        return element(SEQUENCE, hex("0603551d11"), element(0x04, element(SEQUENCE, general)));
    }

    private static byte[] time(String text) {
        return element(UTC_TIME, text.getBytes(StandardCharsets.US_ASCII));
    }

    private static byte[] element(int tag, byte[]... parts) {
        ByteArrayOutputStream content = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            content.writeBytes(part);
        }
        ByteArrayOutputStream whole = new ByteArrayOutputStream();
        whole.write(tag);
        int size = content.size();
        if (size < 0x80) {
            whole.write(size);
        } else if (size < 0x100) {
            whole.write(0x81);
            whole.write(size);
        } else {
            whole.write(0x82);
            whole.write(size >> 8);
            whole.write(size);
        }
        whole.writeBytes(content.toByteArray());
        return whole.toByteArray();
    }

    private static byte[] hex(String text) {
        return HexFormat.of().parseHex(text);
    }

    private static String pem(String label, byte[] der) {
        return "-----BEGIN %s-----\n%s\n-----END %s-----\n"
                .formatted(label, Base64.getMimeEncoder().encodeToString(der), label);
    }
}
