package dev.weir.routing.compile;

import java.io.ByteArrayOutputStream;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.interfaces.RSAPrivateKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Arrays;

/** Private keys as they come, and whether they belong to a public one. */
final class KeyPair {
    private static final int SEQUENCE = 0x30;
    private static final int OCTETS = 0x04;
    private static final byte[] VERSION = {0x02, 0x01, 0x00};

    private KeyPair() {}

    /**
     * The key in PKCS #8.
     *
     * @param block of PKCS #8, PKCS #1 ({@code RSA PRIVATE KEY}) or SEC 1 ({@code EC PRIVATE KEY})
     * @param of whose algorithm and parameters it has, which the latter two leave out
     */
    static PrivateKey read(Pem.Block block, PublicKey of) throws GeneralSecurityException {
        byte[] pkcs8 =
                block.label().equals("PRIVATE KEY")
                        ? block.der()
                        : element(
                                SEQUENCE,
                                join(VERSION, algorithm(of), element(OCTETS, block.der())));
        return KeyFactory.getInstance(of.getAlgorithm())
                .generatePrivate(new PKCS8EncodedKeySpec(pkcs8));
    }

    static boolean match(PrivateKey key, PublicKey of) throws GeneralSecurityException {
        if (key instanceof RSAPrivateKey mine && of instanceof RSAPublicKey theirs) {
            return mine.getModulus().equals(theirs.getModulus());
        }
        byte[] anything = {1, 2, 3};
        Signature signature =
                Signature.getInstance(of.getAlgorithm().equals("EC") ? "SHA256withECDSA" : "EdDSA");
        signature.initSign(key);
        signature.update(anything);
        byte[] signed = signature.sign();
        signature.initVerify(of);
        signature.update(anything);
        return signature.verify(signed);
    }

    /** The AlgorithmIdentifier of a SubjectPublicKeyInfo: the first element of the outer one. */
    private static byte[] algorithm(PublicKey key) {
        byte[] info = key.getEncoded();
        int start = 2 + lengthBytes(info, 1);
        int size = lengthBytes(info, start + 1);
        int content = size == 0 ? info[start + 1] : info[start + 2] & 0xff;
        return Arrays.copyOfRange(info, start, start + 2 + size + content);
    }

    /** How many bytes follow the first one of a length. */
    private static int lengthBytes(byte[] der, int at) {
        return der[at] < 0 ? der[at] & 0x7f : 0;
    }

    private static byte[] element(int tag, byte[] content) {
        int size = content.length;
        byte[] head =
                size < 0x80
                        ? new byte[] {(byte) tag, (byte) size}
                        : new byte[] {
                            (byte) tag,
                            (byte) 0x83,
                            (byte) (size >> 16),
                            (byte) (size >> 8),
                            (byte) size
                        };
        return join(head, content);
    }

    private static byte[] join(byte[]... parts) {
        ByteArrayOutputStream joined = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            joined.writeBytes(part);
        }
        return joined.toByteArray();
    }
}
