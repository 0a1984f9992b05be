package dev.weir.routing;

import com.google.protobuf.ByteString;
import dev.weir.model.Key;

/**
 * What proves a name.
 *
 * @param secret the Secret that has it
 * @param chain certificates in PEM, the server's own first
 * @param key the private key in PEM, PKCS #8, whatever the Secret had it in
 */
public record Certificate(Key secret, ByteString chain, ByteString key) {
    /** Without the key. */
    @Override
    public String toString() {
        return "Certificate[" + secret + "]";
    }
}
