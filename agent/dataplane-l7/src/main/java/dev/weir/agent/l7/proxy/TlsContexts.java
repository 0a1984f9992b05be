package dev.weir.agent.l7.proxy;

import com.google.protobuf.ByteString;
import dev.weir.model.Key;
import dev.weir.routing.Certificate;
import dev.weir.routing.Hosts;
import dev.weir.routing.PortTable;
import dev.weir.routing.RouteTable;
import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ApplicationProtocolNames;
import io.netty.handler.ssl.OpenSsl;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import javax.net.ssl.TrustManagerFactory;
import org.jboss.logging.Logger;

/**
 * Makes what handshakes need of certificates, once for each. Owned by the thread that brings the
 * tables; event loops see only what it made.
 */
final class TlsContexts {
    private static final Logger LOG = Logger.getLogger(TlsContexts.class);
    private static final ApplicationProtocolConfig ALPN =
            new ApplicationProtocolConfig(
                    ApplicationProtocolConfig.Protocol.ALPN,
                    ApplicationProtocolConfig.SelectorFailureBehavior.NO_ADVERTISE,
                    ApplicationProtocolConfig.SelectedListenerFailureBehavior.ACCEPT,
                    ApplicationProtocolNames.HTTP_1_1);

    /** What holds a key on its way, in memory: PKCS#12 would take 60 ms to encrypt it, this 5. */
    private static final String HOLDER = "JKS";

    private final SslProvider provider;

    /** No client is asked for a certificate; without this each context reads the system's. */
    private final TrustManagerFactory nobody;

    private Map<Certificate, Optional<SslContext>> made = Map.of();
    private Map<Key, String> problems = Map.of();

    TlsContexts() {
        nobody = nobody();
        provider = OpenSsl.isAvailable() ? SslProvider.OPENSSL : SslProvider.JDK;
        if (provider == SslProvider.JDK) {
            LOG.warnf(
                    "BoringSSL is not available, the JDK serves TLS: %s",
                    OpenSsl.unavailabilityCause());
        }
    }

    private static TrustManagerFactory nobody() {
        try {
            KeyStore empty = KeyStore.getInstance(HOLDER);
            empty.load(null, null);
            TrustManagerFactory factory =
                    TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            factory.init(empty);
            return factory;
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalStateException("the JDK lacks what TLS needs", e);
        }
    }

    /** For each port with TLS; what no port needs any more is forgotten. */
    Map<Integer, Hosts<Optional<SslContext>>> of(RouteTable table) {
        Map<Certificate, Optional<SslContext>> before = made;
        Map<Certificate, Optional<SslContext>> now = new HashMap<>();
        Map<Key, String> wrong = new HashMap<>();
        Map<Integer, Hosts<Optional<SslContext>>> ports = new HashMap<>();
        for (PortTable port : table.ports().values()) {
            if (port.tls()) {
                ports.put(
                        port.port(),
                        map(
                                port.certificates(),
                                certificate ->
                                        now.computeIfAbsent(
                                                certificate, c -> context(c, before, wrong))));
            }
        }
        made = now;
        problems = Map.copyOf(wrong);
        return ports;
    }

    /** By Secret: why nothing could be made of it. */
    Map<Key, String> problems() {
        return problems;
    }

    private Optional<SslContext> context(
            Certificate certificate,
            Map<Certificate, Optional<SslContext>> before,
            Map<Key, String> wrong) {
        Optional<SslContext> known = before.get(certificate);
        if (known != null && known.isPresent()) {
            return known;
        }
        try {
            return Optional.of(
                    SslContextBuilder.forServer(
                                    PemKey.read(certificate.key()), chain(certificate.chain()))
                            .sslProvider(provider)
                            .keyStoreType(HOLDER)
                            .trustManager(nobody)
                            .protocols("TLSv1.3", "TLSv1.2")
                            .applicationProtocolConfig(ALPN)
                            .build());
        } catch (GeneralSecurityException | IOException | IllegalArgumentException e) {
            wrong.put(certificate.secret(), String.valueOf(e.getMessage()));
            return Optional.empty();
        }
    }

    private static X509Certificate[] chain(ByteString pem) throws CertificateException {
        return CertificateFactory.getInstance("X.509").generateCertificates(pem.newInput()).stream()
                .map(X509Certificate.class::cast)
                .toArray(X509Certificate[]::new);
    }

    private static <A, B> Hosts<B> map(Hosts<A> hosts, Function<A, B> function) {
        return new Hosts<>(
                map(hosts.exact(), function),
                map(hosts.oneLabel(), function),
                map(hosts.wildcard(), function),
                hosts.any().map(function));
    }

    private static <A, B> Map<String, B> map(Map<String, A> values, Function<A, B> function) {
        Map<String, B> result = new HashMap<>();
        values.forEach((name, value) -> result.put(name, function.apply(value)));
        return result;
    }
}
