package dev.weir.routing.compile;

import com.google.protobuf.ByteString;
import dev.weir.changes.Image;
import dev.weir.core.v1.Secret;
import dev.weir.model.Key;
import dev.weir.routing.Certificate;
import java.io.ByteArrayInputStream;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The certificates in Secrets, each checked once as long as it stays and is asked for. For one
 * caller at a time.
 */
final class Certificates {
    private static final String CHAIN = "tls.crt";
    private static final String KEY = "tls.key";

    /** Of a name in a certificate: RFC 5280, section 4.2.1.6. */
    private static final int DNS_NAME = 2;

    private Image secrets = Image.empty(dev.weir.model.Shards.SECRET);
    private Map<Key, Checked> before = Map.of();
    private Map<Key, Checked> asked = new HashMap<>();

    /** What a Secret came to. */
    sealed interface Outcome {
        /**
         * @param names the DNS names in the server's own certificate
         */
        record Usable(Certificate certificate, List<String> names) implements Outcome {}

        record Unusable(String message) implements Outcome {}
    }

    private record Checked(Secret secret, Outcome outcome) {}

    /** Starts anew with these Secrets; forgets those that nobody asked for since the last time. */
    void follow(Image image) {
        secrets = image;
        before = asked;
        asked = new HashMap<>();
    }

    /** All that were asked for, there or not. */
    Set<Key> asked() {
        return asked.keySet();
    }

    Outcome find(Key key) {
        return asked.computeIfAbsent(key, this::checked).outcome();
    }

    private Checked checked(Key key) {
        Optional<Secret> secret = secrets.find(Secret.class, key);
        if (secret.isEmpty()) {
            return new Checked(
                    Secret.getDefaultInstance(), new Outcome.Unusable("There is no " + key + "."));
        }
        Checked known = before.get(key);
        return known != null && known.secret().equals(secret.get())
                ? known
                : new Checked(secret.get(), check(key, secret.get()));
    }

    private static Outcome check(Key key, Secret secret) {
        for (String name : List.of(CHAIN, KEY)) {
            if (!secret.containsData(name)) {
                return new Outcome.Unusable(key + " has no " + name + ".");
            }
        }
        try {
            return read(key, secret.getDataOrThrow(CHAIN), secret.getDataOrThrow(KEY));
        } catch (GeneralSecurityException | IllegalArgumentException unreadable) {
            // What a parser says may quote what it read, so it stays here.
            return new Outcome.Unusable(
                    key
                            + " has a certificate or a key that cannot be read, or of different"
                            + " kinds.");
        }
    }

    private static Outcome read(Key key, ByteString chainText, ByteString keyText)
            throws GeneralSecurityException {
        CertificateFactory factory = CertificateFactory.getInstance("X.509");
        List<X509Certificate> chain = new ArrayList<>();
        StringBuilder pem = new StringBuilder();
        for (Pem.Block block : Pem.read(chainText)) {
            if (block.label().equals("CERTIFICATE")) {
                chain.add(
                        (X509Certificate)
                                factory.generateCertificate(new ByteArrayInputStream(block.der())));
                pem.append(Pem.write(block.label(), block.der()));
            }
        }
        Optional<Pem.Block> block =
                Pem.read(keyText).stream().filter(b -> b.label().endsWith("PRIVATE KEY")).findAny();
        if (chain.isEmpty() || block.isEmpty()) {
            return new Outcome.Unusable(
                    key + " has no " + (chain.isEmpty() ? CHAIN : KEY) + " in PEM.");
        }
        if (block.get().label().startsWith("ENCRYPTED")) {
            return new Outcome.Unusable("The key of " + key + " is encrypted.");
        }
        X509Certificate own = chain.getFirst();
        PrivateKey privateKey = KeyPair.read(block.get(), own.getPublicKey());
        if (!KeyPair.match(privateKey, own.getPublicKey())) {
            return new Outcome.Unusable("The key of " + key + " is not that of its certificate.");
        }
        String keyPem = Pem.write("PRIVATE KEY", privateKey.getEncoded());
        return new Outcome.Usable(
                new Certificate(
                        key,
                        ByteString.copyFromUtf8(pem.toString()),
                        ByteString.copyFromUtf8(keyPem)),
                names(own));
    }

    private static List<String> names(X509Certificate certificate) throws GeneralSecurityException {
        var names = certificate.getSubjectAlternativeNames();
        return names == null
                ? List.of()
                : names.stream()
                        .filter(name -> name.getFirst().equals(DNS_NAME))
                        .map(name -> (String) name.get(1))
                        .toList();
    }
}
