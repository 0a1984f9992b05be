package dev.weir.agent.l7.proxy;

import static dev.weir.agent.l7.proxy.Tables.WEB;
import static dev.weir.agent.l7.proxy.Tables.to;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import dev.weir.agent.l7.proxy.Certificates.Made;
import dev.weir.model.Key;
import dev.weir.routing.Certificate;
import dev.weir.routing.Hosts;
import io.netty.handler.ssl.OpenSsl;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The certificate is the one of the name that the client asks for, and changes with the table. */
class TlsTest {
    @TempDir static Path directory;
    private static Made a;
    private static Made b;
    private static Made renewed;

    /** Trusts anybody; the tests look at what was shown. */
    private static final X509TrustManager ANYBODY =
            new X509TrustManager() {
                @Override
                public void checkClientTrusted(X509Certificate[] chain, String type) {}

                @Override
                public void checkServerTrusted(X509Certificate[] chain, String type) {}

                @Override
                public X509Certificate[] getAcceptedIssuers() {
                    return new X509Certificate[0];
                }
            };

    @BeforeAll
    static void make() throws Exception {
        a = Certificates.of(directory, "a.test", "EC");
        b = Certificates.of(directory, "b.test", "RSA");
        renewed = Certificates.of(directory, "a.test", "EC");
    }

    static Client connect(int port, String name, String version) throws Exception {
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, new TrustManager[] {ANYBODY}, new SecureRandom());
        SSLSocket socket = (SSLSocket) context.getSocketFactory().createSocket("127.0.0.1", port);
        SSLParameters parameters = socket.getSSLParameters();
        parameters.setProtocols(new String[] {version});
        parameters.setApplicationProtocols(new String[] {"h2", "http/1.1"});
        if (!name.isEmpty()) {
            parameters.setServerNames(List.of(new SNIHostName(name)));
        }
        socket.setSSLParameters(parameters);
        socket.startHandshake();
        return new Client(socket);
    }

    private static Client connect(Stand stand, String name) throws Exception {
        return connect(stand.port, name, "TLSv1.3");
    }

    private static X509Certificate shown(Client client) throws SSLException {
        return (X509Certificate) ((SSLSocket) client.socket).getSession().getPeerCertificates()[0];
    }

    private static Hosts<Certificate> names(Map<String, Certificate> exact) {
        return new Hosts<>(exact, Map.of(), Map.of(), Optional.empty());
    }

    static Stand stand(Backend backend, Hosts<Certificate> certificates) {
        Stand stand = new Stand(settings -> settings);
        stand.proxy.endpoints(Tables.web(backend));
        stand.serve(Tables.table(stand.port, certificates, Map.of("", to(WEB))));
        return stand;
    }

    @Test
    void theNativeLibraryIsThere() {
        assertThat(OpenSsl.isAvailable()).isTrue();
    }

    @Test
    void theCertificateIsOfTheNameAskedFor() throws Exception {
        try (Backend backend =
                        new Backend(
                                (head, in, out) -> {
                                    out.write(
                                            Backend.response(
                                                    Backend.header(head, "x-forwarded-proto", "")));
                                    return true;
                                });
                Stand stand =
                        stand(
                                backend,
                                names(
                                        Map.of(
                                                "a.test",
                                                a.certificate(),
                                                "b.test",
                                                b.certificate())))) {
            for (String version : List.of("TLSv1.2", "TLSv1.3")) {
                try (Client client = connect(stand.port, "a.test", version)) {
                    assertThat(shown(client)).isEqualTo(a.x509());
                    assertThat(((SSLSocket) client.socket).getApplicationProtocol())
                            .isEqualTo("http/1.1");
                    assertThat(client.get("/").read().text()).isEqualTo("https");
                    assertThat(client.get("/").read().text()).isEqualTo("https");
                }
                try (Client client = connect(stand.port, "B.test", version)) {
                    assertThat(shown(client)).isEqualTo(b.x509());
                    assertThat(client.get("/").read().status()).isEqualTo(200);
                }
            }
        }
    }

    @Test
    void aNameOfNobodyIsRefused() throws Exception {
        try (Backend backend = Backend.saying("x");
                Stand stand = stand(backend, names(Map.of("a.test", a.certificate())))) {
            assertThatThrownBy(() -> connect(stand, "c.test"))
                    .hasMessageContaining("unrecognized_name");
            assertThatThrownBy(() -> connect(stand, "")).hasMessageContaining("unrecognized_name");
            assertThat(stand.proxy.metrics().handshakesRefused()).isEqualTo(2);
            try (Client plain = stand.client()) {
                plain.get("/");
                assertThat(plain.in.readAllBytes()).hasSizeLessThan(8);
            } catch (IOException reset) {
                // as good
            }
            try (Client client = connect(stand, "a.test")) {
                assertThat(client.get("/").read().text()).isEqualTo("x");
            }
        }
    }

    @Test
    void aCertificateOfNoUseIsSaidAndNoOtherIsShownForIt() throws Exception {
        Certificate broken =
                new Certificate(
                        new Key("Secret", "default", "broken"),
                        a.certificate().chain(),
                        ByteString.copyFromUtf8("no key"));
        try (Backend backend = Backend.saying("x");
                Stand stand = new Stand(settings -> settings)) {
            stand.proxy.endpoints(Tables.web(backend));
            Hosts<Certificate> names =
                    new Hosts<>(
                            Map.of("a.test", broken),
                            Map.of(),
                            Map.of(),
                            Optional.of(b.certificate()));

            Served served = stand.proxy.serve(Tables.table(stand.port, names, Map.of("", to(WEB))));

            assertThat(served.secrets()).containsOnlyKeys(broken.secret());
            assertThatThrownBy(() -> connect(stand, "a.test"))
                    .hasMessageContaining("unrecognized_name");
            try (Client client = connect(stand, "other.test")) {
                assertThat(shown(client)).isEqualTo(b.x509());
            }
        }
    }

    @Test
    void aNewCertificateIsShownFromTheSwapOnAndNobodyFails() throws Exception {
        AtomicBoolean stop = new AtomicBoolean();
        AtomicInteger done = new AtomicInteger();
        AtomicReference<Throwable> failure = new AtomicReference<>();
        try (Backend backend = Backend.saying("x");
                Stand stand = stand(backend, names(Map.of("a.test", a.certificate())));
                Client steady = connect(stand, "a.test")) {
            List<Thread> load =
                    java.util.stream.IntStream.range(0, 2)
                            .mapToObj(
                                    i ->
                                            Thread.ofPlatform()
                                                    .start(() -> load(stand, stop, done, failure)))
                            .toList();
            for (int i = 0; i < 12; i++) {
                Made now = i % 2 == 0 ? renewed : a;
                stand.serve(
                        Tables.table(
                                stand.port,
                                names(Map.of("a.test", now.certificate())),
                                Map.of("", to(WEB))));
                try (Client client = connect(stand, "a.test")) {
                    assertThat(shown(client)).isEqualTo(now.x509());
                }
                assertThat(steady.get("/").read().status()).isEqualTo(200);
            }
            stop.set(true);
            for (Thread thread : load) {
                thread.join(10_000);
            }

            assertThat(failure.get()).isNull();
            assertThat(done.get()).isPositive();
            assertThat(shown(steady)).isEqualTo(a.x509());
        }
    }

    private static void load(
            Stand stand,
            AtomicBoolean stop,
            AtomicInteger done,
            AtomicReference<Throwable> failure) {
        while (!stop.get()) {
            try (Client client = connect(stand, "a.test")) {
                for (int i = 0; i < 5; i++) {
                    if (client.get("/").read().status() != 200) {
                        throw new IllegalStateException("not 200");
                    }
                    done.incrementAndGet();
                }
            } catch (Exception e) {
                failure.compareAndSet(null, e);
                return;
            }
        }
    }
}
