package dev.weir.routing.compile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.google.protobuf.ByteString;
import dev.weir.core.v1.Secret;
import dev.weir.model.Key;
import dev.weir.model.Kinds;
import dev.weir.routing.Certificate;
import dev.weir.routing.Cluster;
import dev.weir.routing.Cluster.Asked;
import dev.weir.routing.TestCertificates;
import dev.weir.routing.TestCertificates.Pair;
import dev.weir.routing.compile.Verdicts.OfIngress;
import dev.weir.routing.compile.Verdicts.OfListener;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyFactory;
import java.security.cert.CertificateFactory;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Certificates: which can be used, and whose handshake gets which. */
class TlsTest {
    @TempDir static Path directory;
    private static Pair one;
    private static Pair other;
    private static Pair rsa;
    private static Pair otherRsa;
    private static Pair edwards;

    private final Cluster cluster =
            Cluster.withClasses()
                    .services("a", "one:80", "two:80", "three:80")
                    .with(one.secret("a", "one"))
                    .with(other.secret("a", "other"))
                    .with(other.secret("b", "far"));

    @BeforeAll
    static void makeCertificates() throws Exception {
        one = TestCertificates.make("EC", "x.com");
        other = TestCertificates.make("EC", "y.com", "*.z.com");
        rsa = TestCertificates.make("RSA", "x.com");
        otherRsa = TestCertificates.make("RSA", "x.com");
        edwards = TestCertificates.make("Ed25519", "x.com");
    }

    private static String ingress(String name, String tls, String... paths) {
        return IngressRoutingTest.ingress(name, paths) + "  tls: [" + tls + "]\n";
    }

    private static String listener(String more) {
        return """
        apiVersion: gateway.networking.k8s.io/v1
        kind: Gateway
        metadata: {name: gw, namespace: a}
        spec:
          gatewayClassName: weir
          listeners: [{name: l, port: 443, protocol: HTTPS, %s}]
        """
                .formatted(more);
    }

    /** The name of the Secret whose certificate a handshake gets. */
    private static String secret(Cluster cluster, String serverName) {
        return cluster.compiled()
                .table()
                .ports()
                .get(443)
                .certificates()
                .find(serverName)
                .map(certificate -> certificate.secret().qualifiedName())
                .orElse("none");
    }

    private static String get(Cluster cluster, String host) {
        return Cluster.ask(cluster.compiled(), 443, host, Asked.parse("GET /"));
    }

    private static OfIngress verdict(Cluster cluster, String name) {
        return cluster.compiled().verdicts().ingresses().get(Kinds.INGRESS.key("a", name));
    }

    private static OfListener listener(Cluster cluster) {
        return cluster.compiled()
                .verdicts()
                .gateways()
                .get(Kinds.GATEWAY.key("a", "gw"))
                .listeners()
                .getFirst();
    }

    @Test
    void anIngressWithTlsIsServedOnBothPorts() {
        Cluster served =
                cluster.with(
                        ingress(
                                "i",
                                "{hosts: [x.com], secretName: one}",
                                "x.com|Prefix|/|one",
                                "y.com|Prefix|/|two"));

        assertThat(served.get("x.com", "/")).isEqualTo("a/one:80");
        assertThat(get(served, "x.com")).isEqualTo("a/one:80");
        assertThat(get(served, "y.com")).isEqualTo("404");
        assertThat(secret(served, "x.com")).isEqualTo("a/one");
        assertThat(secret(served, "y.com")).isEqualTo("none");
        assertThat(verdict(served, "i").tls()).isTrue();
        assertThat(verdict(served, "i").certificates()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "hosts: ['*.z.com'] | b.z.com | a/other | a/two:80",
                "hosts: ['*.z.com'] | c.b.z.com | none | 404",
                "hosts: ['*.z.com'] | z.com | none | 404",
                "hosts: [any.com] | any.com | a/other | a/three:80",
                "hosts: [] | b.z.com | a/other | a/two:80",
                "hosts: [] | unknown.com | a/other | a/three:80",
            })
    void tlsIsForTheHostsThatItNames(String tls, String host, String secret, String answer) {
        Cluster served =
                cluster.with(
                        ingress(
                                "i",
                                "{secretName: other, " + tls + "}",
                                "b.z.com|Prefix|/|two",
                                "|Prefix|/|three"));

        assertThat(secret(served, host)).isEqualTo(secret);
        assertThat(get(served, host)).isEqualTo(answer);
    }

    @Test
    void ofTwoCertificatesForAHostTheOlderIngresssIsServed() {
        Cluster served =
                cluster.with(
                                ingress(
                                        "z",
                                        "{hosts: [x.com], secretName: one}",
                                        "x.com|Prefix|/|one"))
                        .with(
                                ingress(
                                        "b",
                                        "{hosts: [x.com], secretName: other}",
                                        "x.com|Prefix|/b|two"));

        assertThat(secret(served, "x.com")).isEqualTo("a/one");
        assertThat(verdict(served, "b").conflicts())
                .containsExactly("Host x.com has the certificate of Secret a/one already.");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "secretName: none | There is no Secret a/none.",
                "secretName: wrong | The key of Secret a/wrong is not that of its certificate.",
                "secretName: crossed | The key of Secret a/crossed is not that of its certificate.",
                "secretName: mixed | Secret a/mixed has a certificate or a key that cannot be read,"
                        + " or of different kinds.",
                "secretName: garbage | Secret a/garbage has no tls.crt in PEM.",
                "secretName: broken | Secret a/broken has a certificate or a key that cannot be"
                        + " read, or of different kinds.",
                "secretName: keyless | Secret a/keyless has no tls.key.",
                "secretName: encrypted | The key of Secret a/encrypted is encrypted.",
                "hosts: [x.com] | An entry without a secretName has no certificate; there is no"
                        + " default.",
            })
    void anUnusableCertificateIsSaidAndNotServed(String tls, String message) {
        Cluster served =
                cluster.with(new Pair(one.certificate(), other.key()).secret("a", "wrong"))
                        .with(new Pair(rsa.certificate(), otherRsa.key()).secret("a", "crossed"))
                        .with(new Pair(one.certificate(), rsa.key()).secret("a", "mixed"))
                        .with(new Pair("no PEM", one.key()).secret("a", "garbage"))
                        .with(
                                new Pair(one.certificate().replace("MI", "XX"), one.key())
                                        .secret("a", "broken"))
                        .with(one.secret("a", "keyless").toBuilder().removeData("tls.key").build())
                        .with(
                                new Pair(
                                                one.certificate(),
                                                one.key().replace("PRIVATE", "ENCRYPTED PRIVATE"))
                                        .secret("a", "encrypted"))
                        .with(ingress("i", "{" + tls + "}", "x.com|Prefix|/|one"));

        assertThat(verdict(served, "i").certificates()).containsExactly(message);
        assertThat(secret(served, "x.com")).isEqualTo("none");
        assertThat(served.get("x.com", "/")).isEqualTo("a/one:80");
    }

    @Test
    void aSecretThatIsNotThereYetIsAskedFor() {
        Cluster served =
                cluster.with(
                        ingress("i", "{hosts: [x.com], secretName: none}", "x.com|Prefix|/|one"));

        assertThat(served.compiled().secrets()).containsExactly(Kinds.SECRET.key("a", "none"));
    }

    @Test
    void keysOfAllKindsAreServedInOneForm() throws Exception {
        for (Pair pair : new Pair[] {one, rsa, edwards}) {
            Cluster served =
                    cluster.with(pair.secret("a", "kind"))
                            .with(ingress("i", "{secretName: kind}", "x.com|Prefix|/|one"));
            assertUsable(served, "x.com");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "genrsa -traditional -out key.pem 2048",
                "genrsa -out key.pem 2048",
                "ecparam -name prime256v1 -genkey -out key.pem",
                "ecparam -name secp384r1 -genkey -noout -out key.pem",
            })
    void keysAsOpensslWritesThemAreServed(String command) throws Exception {
        assumeTrue(run("version") == 0, "openssl is not installed");
        assertThat(run(command)).isZero();
        assertThat(run("req -x509 -new -key key.pem -subj /CN=x -days 2 -out cert.pem")).isZero();
        Pair pair =
                new Pair(
                        Files.readString(directory.resolve("cert.pem")),
                        Files.readString(directory.resolve("key.pem")));

        Cluster served =
                cluster.with(pair.secret("a", "kind"))
                        .with(ingress("i", "{secretName: kind}", "x.com|Prefix|/|one"));

        assertUsable(served, "x.com");
    }

    private static int run(String command) throws InterruptedException {
        try {
            Process process =
                    new ProcessBuilder(("openssl " + command).split(" "))
                            .directory(directory.toFile())
                            .redirectErrorStream(true)
                            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                            .start();
            return process.waitFor(60, TimeUnit.SECONDS) ? process.exitValue() : -1;
        } catch (IOException notThere) {
            return -1;
        }
    }

    /** Reads the certificate and key as a proxy would. */
    private static void assertUsable(Cluster served, String host) throws Exception {
        assertThat(verdict(served, "i").certificates()).isEmpty();
        Certificate certificate =
                served.compiled().table().ports().get(443).certificates().find(host).orElseThrow();
        var leaf =
                CertificateFactory.getInstance("X.509")
                        .generateCertificate(
                                new ByteArrayInputStream(certificate.chain().toByteArray()));
        Pem.Block key = Pem.read(certificate.key()).getFirst();
        assertThat(key.label()).isEqualTo("PRIVATE KEY");
        assertThat(
                        KeyPair.match(
                                KeyFactory.getInstance(leaf.getPublicKey().getAlgorithm())
                                        .generatePrivate(new PKCS8EncodedKeySpec(key.der())),
                                leaf.getPublicKey()))
                .isTrue();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{name: one} | ResolvedRefs | true",
                "{name: none} | InvalidCertificateRef | false",
                "{name: one, kind: ConfigMap} | InvalidCertificateRef | false",
                "{name: one, group: x.com} | InvalidCertificateRef | false",
                "{name: far, namespace: b} | RefNotPermitted | false",
                "{name: one}, {name: none} | InvalidCertificateRef | true",
                "'' | InvalidCertificateRef | false",
            })
    void aListenerNeedsACertificate(String references, String reason, boolean programmable) {
        Cluster served =
                cluster.with(
                        listener("tls: {certificateRefs: [" + references.replace("'", "") + "]}"));

        assertThat(listener(served).resolvedRefs().reason()).isEqualTo(reason);
        assertThat(listener(served).accepted().holds()).isTrue();
        assertThat(listener(served).programmable()).isEqualTo(programmable);
        assertThat(secret(served, "x.com")).isEqualTo(programmable ? "a/one" : "none");
    }

    @Test
    void aGrantLetsAListenerHaveACertificateOfAnotherNamespace() {
        String grant =
                """
                apiVersion: gateway.networking.k8s.io/v1beta1
                kind: ReferenceGrant
                metadata: {name: g, namespace: b}
                spec:
                  from: [{group: gateway.networking.k8s.io, kind: Gateway, namespace: a}]
                  to: [{group: "", kind: Secret}]
                """;
        Cluster served =
                cluster.with(listener("tls: {certificateRefs: [{name: far, namespace: b}]}"));

        assertThat(served.compiled().secrets()).isEmpty();
        assertThat(secret(served.with(grant), "x.com")).isEqualTo("b/far");
        assertThat(served.with(grant).compiled().secrets())
                .containsExactly(Kinds.SECRET.key("b", "far"));
    }

    @ParameterizedTest
    @CsvSource({"x.com, a/one", "y.com, a/other", "b.z.com, a/other", "unknown.com, a/one"})
    void ofSeveralCertificatesTheOneWithTheNameIsServedElseTheFirst(String name, String secret) {
        Cluster served =
                cluster.with(listener("tls: {certificateRefs: [{name: one}, {name: other}]}"));

        assertThat(secret(served, name)).isEqualTo(secret);
    }

    @ParameterizedTest
    @CsvSource({"a.z.com, a/other", "b.a.z.com, a/other", "z.com, none", "x.com, none"})
    void aCertificateIsForTheListenersHost(String name, String secret) {
        Cluster served =
                cluster.with(
                        listener("hostname: \"*.z.com\", tls: {certificateRefs: [{name: other}]}"));

        assertThat(secret(served, name)).isEqualTo(secret);
    }

    @Test
    void ofTwoGatewaysWithTwoCertificatesForAHostTheOlderHasIt() {
        String younger = listener("tls: {certificateRefs: [{name: other}]}").replace("gw,", "b,");
        Cluster served =
                cluster.with(listener("tls: {certificateRefs: [{name: one}]}")).with(younger);
        Cluster agreeing = served.with(younger.replace("name: other", "name: one"));

        assertThat(secret(served, "x.com")).isEqualTo("a/one");
        assertThat(conflict(served)).isEqualTo("HostnameConflict");
        assertThat(conflict(agreeing)).isEqualTo("NoConflicts");
    }

    @ParameterizedTest
    @CsvSource({"*.z.com, a.z.com, a/other", "'', x.com, a/other", "*.z.com, b.a.z.com, a/other"})
    void whereBothHaveAHostTheGatewaysCertificateIsServed(String host, String name, String secret) {
        String hostname = host.isEmpty() ? "" : "hostname: \"" + host + "\", ";
        Cluster served =
                cluster.with(ingress("i", "{secretName: one}", host + "|Prefix|/|one"))
                        .with(listener(hostname + "tls: {certificateRefs: [{name: other}]}"));

        assertThat(secret(served, name)).isEqualTo(secret);
    }

    private static String conflict(Cluster cluster) {
        return cluster.compiled()
                .verdicts()
                .gateways()
                .get(Kinds.GATEWAY.key("a", "b"))
                .listeners()
                .getFirst()
                .conflicted()
                .reason();
    }

    @Test
    void aNewCertificateIsTakenUpByACompilerThatKnowsTheOldOne() {
        Compile compile = new Compile();
        Cluster served = cluster.with(ingress("i", "{secretName: one}", "x.com|Prefix|/|one"));
        Cluster rotated = served.with(other.secret("a", "one"));
        Key secret = Kinds.SECRET.key("a", "one");

        ByteString before = apply(compile, served);
        ByteString again = apply(compile, served);
        ByteString after = apply(compile, rotated);

        assertThat(again).isEqualTo(before);
        assertThat(after).isNotEqualTo(before);
        assertThat(
                        apply(
                                compile,
                                rotated.with(
                                        Secret.newBuilder()
                                                .setMetadata(
                                                        rotated.find(Secret.class, secret)
                                                                .getMetadata())
                                                .build())))
                .isEqualTo(ByteString.EMPTY);
    }

    private static ByteString apply(Compile compile, Cluster cluster) {
        return compile.apply(
                        cluster.image("control"),
                        cluster.image("endpoint"),
                        cluster.image("secret"))
                .table()
                .ports()
                .get(443)
                .certificates()
                .find("x.com")
                .map(Certificate::chain)
                .orElse(ByteString.EMPTY);
    }

    @Test
    void aCertificateDoesNotPrintItsKey() {
        Certificate certificate =
                new Certificate(
                        Kinds.SECRET.key("a", "one"),
                        ByteString.EMPTY,
                        ByteString.copyFrom("secret", StandardCharsets.UTF_8));

        assertThat(certificate.toString()).isEqualTo("Certificate[Secret a/one]");
    }
}
