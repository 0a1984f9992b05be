package dev.weir.agent.l7.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import java.nio.charset.StandardCharsets;
import java.security.InvalidKeyException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.interfaces.ECPrivateKey;
import java.security.spec.ECGenParameterSpec;
import java.util.Arrays;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Keys as the usual tools write them. */
class PemKeyTest {
    private static PrivateKey rsa() throws Exception {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
        generator.initialize(2_048);
        return generator.generateKeyPair().getPrivate();
    }

    @ParameterizedTest
    @ValueSource(strings = {"RSA", "EC", "Ed25519"})
    void pkcs8(String algorithm) throws Exception {
        PrivateKey key = KeyPairGenerator.getInstance(algorithm).generateKeyPair().getPrivate();

        assertThat(PemKey.read(Certificates.pem("PRIVATE KEY", key.getEncoded()))).isEqualTo(key);
    }

    @Test
    void pkcs1() throws Exception {
        PrivateKey key = rsa();
        // SEQUENCE (4 bytes), version (3), algorithm (15), OCTET STRING (4): then the key itself.
        byte[] inner = Arrays.copyOfRange(key.getEncoded(), 26, key.getEncoded().length);

        assertThat(PemKey.read(Certificates.pem("RSA PRIVATE KEY", inner))).isEqualTo(key);
    }

    @Test
    void sec1() throws Exception {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(new ECGenParameterSpec("secp256r1"));
        KeyPair pair = generator.generateKeyPair();
        byte[] secret = new byte[32];
        byte[] number = ((ECPrivateKey) pair.getPrivate()).getS().toByteArray();
        int skip = Math.max(0, number.length - 32);
        System.arraycopy(number, skip, secret, 32 - (number.length - skip), number.length - skip);
        String curve = "a00a06082a8648ce3d030107";
        byte[] sec1 =
                HexFormat.of()
                        .parseHex("3031020101" + "0420" + HexFormat.of().formatHex(secret) + curve);

        ECPrivateKey read = (ECPrivateKey) PemKey.read(Certificates.pem("EC PRIVATE KEY", sec1));

        assertThat(read.getS()).isEqualTo(((ECPrivateKey) pair.getPrivate()).getS());
        assertThat(read.getParams().getCurve())
                .isEqualTo(((ECPrivateKey) pair.getPrivate()).getParams().getCurve());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----",
                "-----BEGIN EC PRIVATE KEY-----\nMAA=\n-----END EC PRIVATE KEY-----",
                "-----BEGIN EC PRIVATE KEY-----\n\n-----END EC PRIVATE KEY-----"
            })
    void whatIsNoKeyIsRefused(String text) {
        ByteString pem = ByteString.copyFrom(text, StandardCharsets.UTF_8);

        assertThatThrownBy(() -> PemKey.read(pem)).isInstanceOf(InvalidKeyException.class);
    }
}
