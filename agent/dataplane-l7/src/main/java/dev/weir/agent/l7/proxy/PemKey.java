package dev.weir.agent.l7.proxy;

import com.google.protobuf.ByteString;
import java.io.ByteArrayOutputStream;
import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads private keys in PEM: PKCS#8 (RFC 5958), and as OpenSSL writes them, PKCS#1 (RFC 8017) and
 * SEC 1 (RFC 5915), which become PKCS#8 by what they lack around them.
 */
final class PemKey {
    private static final Pattern BLOCK =
            Pattern.compile("-----BEGIN ((?:RSA |EC )?PRIVATE KEY)-----([^-]*)-----END");
    private static final int SEQUENCE = 0x30;
    private static final int OCTETS = 0x04;
    private static final byte[] VERSION = {2, 1, 0};
    private static final byte[] RSA = HexFormat.of().parseHex("300d06092a864886f70d0101010500");
    private static final byte[] EC = HexFormat.of().parseHex("06072a8648ce3d0201");

    /** The tag of a SEC 1 key's parameters, the curve. */
    private static final int PARAMETERS = 0xa0;

    private PemKey() {}

    static PrivateKey read(ByteString pem) throws GeneralSecurityException {
        Matcher block = BLOCK.matcher(pem.toStringUtf8());
        if (!block.find()) {
            throw new InvalidKeyException("no private key in PEM, or an encrypted one");
        }
        byte[] der;
        try {
            der = Base64.getMimeDecoder().decode(block.group(2));
        } catch (IllegalArgumentException e) {
            throw new InvalidKeyException("the private key is not base64", e);
        }
        byte[] pkcs8 =
                switch (block.group(1)) {
                    case "RSA PRIVATE KEY" -> wrapped(RSA, der);
                    case "EC PRIVATE KEY" -> wrapped(der(SEQUENCE, EC, curve(der)), der);
                    default -> der;
                };
        PKCS8EncodedKeySpec spec = new PKCS8EncodedKeySpec(pkcs8);
        GeneralSecurityException last = new InvalidKeyException("a key of an unknown algorithm");
        for (String algorithm : List.of("RSA", "EC", "EdDSA")) {
            try {
                return KeyFactory.getInstance(algorithm).generatePrivate(spec);
            } catch (GeneralSecurityException other) {
                last = other;
            }
        }
        throw last;
    }

    private static byte[] wrapped(byte[] algorithm, byte[] key) {
        return der(SEQUENCE, VERSION, algorithm, der(OCTETS, key));
    }

    /** The object identifier of the curve: SEQUENCE { version, key, [0] { identifier }, ... }. */
    private static byte[] curve(byte[] sec1) throws InvalidKeyException {
        try {
            int at = content(sec1, 0);
            while (at < sec1.length) {
                int from = content(sec1, at);
                int end = from + length(sec1, at);
                if ((sec1[at] & 0xff) == PARAMETERS) {
                    return Arrays.copyOfRange(sec1, from, end);
                }
                at = end;
            }
        } catch (IndexOutOfBoundsException cut) {
            throw new InvalidKeyException("the EC private key is cut short", cut);
        }
        throw new InvalidKeyException("the EC private key does not name its curve");
    }

    private static int content(byte[] der, int at) {
        return at + 2 + (der[at + 1] < 0 ? der[at + 1] & 0x7f : 0);
    }

    private static int length(byte[] der, int at) {
        int length = der[at + 1];
        if (length < 0) {
            int bytes = length & 0x7f;
            length = 0;
            for (int i = 0; i < bytes; i++) {
                length = length << 8 | (der[at + 2 + i] & 0xff);
            }
        }
        return length;
    }

    private static byte[] der(int tag, byte[]... parts) {
        int length = Arrays.stream(parts).mapToInt(part -> part.length).sum();
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(tag);
        if (length < 0x80) {
            out.write(length);
        } else {
            out.write(0x82);
            out.write(length >> 8);
            out.write(length);
        }
        for (byte[] part : parts) {
            out.writeBytes(part);
        }
        return out.toByteArray();
    }
}
