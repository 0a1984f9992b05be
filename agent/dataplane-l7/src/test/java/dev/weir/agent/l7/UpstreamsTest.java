package dev.weir.agent.l7;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.agent.l7.proxy.Upstream;
import dev.weir.agent.l7.proxy.Upstream.Endpoint;
import dev.weir.agent.spi.NodeImage;
import dev.weir.changes.Frontier;
import dev.weir.model.Backend;
import dev.weir.model.Backends;
import dev.weir.model.Frontend;
import dev.weir.model.Frontend.Clients;
import dev.weir.model.IpAddress;
import dev.weir.model.Kinds;
import dev.weir.model.Protocol;
import dev.weir.model.Shards;
import dev.weir.routing.Cluster;
import dev.weir.routing.ServicePort;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.pcollections.HashTreePMap;
import org.pcollections.PMap;

class UpstreamsTest {
    private static final ServicePort WEB = new ServicePort("shop", "web", 80);
    private static final Frontend FOUR = tcp("10.96.0.1");
    private static final Frontend SIX = tcp("fd96::1");
    private static final Cluster CLUSTER =
            Cluster.withClasses()
                    .with(
                            """
                            apiVersion: v1
                            kind: Service
                            metadata: {namespace: shop, name: web}
                            spec:
                              clusterIP: 10.96.0.1
                              clusterIPs: [10.96.0.1, "fd96::1"]
                              ports:
                              - {name: http, protocol: TCP, port: 80}
                              - {name: quic, protocol: UDP, port: 80}
                            """);

    private static Frontend tcp(String ip) {
        return new Frontend(IpAddress.of(ip), Protocol.TCP, 80);
    }

    private static Backends backends(String... ips) {
        return new Backends(
                Kinds.SERVICE.key("shop", "web"),
                java.util.Arrays.stream(ips)
                        .map(ip -> new Backend(IpAddress.of(ip), 8080, false))
                        .toList());
    }

    private static Upstream upstream(String... ips) {
        return new Upstream(
                java.util.Arrays.stream(ips)
                        .map(ip -> new Endpoint(IpAddress.of(ip), 8080))
                        .toList());
    }

    private static Upstream of(PMap<Frontend, Backends> services) {
        return Upstreams.of(
                new NodeImage(
                        Frontier.EMPTY,
                        Map.of(Shards.ENDPOINT, CLUSTER.image(Shards.ENDPOINT)),
                        HashTreePMap.empty(),
                        services,
                        HashTreePMap.empty(),
                        HashTreePMap.empty()),
                WEB);
    }

    @Test
    void whatIsForTheNodeItselfComesFirst() {
        PMap<Frontend, Backends> services =
                HashTreePMap.singleton(FOUR, backends("10.0.0.1"))
                        .plus(FOUR.of(Clients.OWN), backends("10.0.0.1", "10.0.0.2"));

        assertThat(of(services)).isEqualTo(upstream("10.0.0.1", "10.0.0.2"));
    }

    @Test
    void theOtherFamilyCountsWhereTheFirstHasNobody() {
        PMap<Frontend, Backends> services =
                HashTreePMap.singleton(FOUR, backends()).plus(SIX, backends("fd00::1"));

        assertThat(of(services)).isEqualTo(upstream("fd00::1"));
        assertThat(of(services.plus(FOUR, backends("10.0.0.1")))).isEqualTo(upstream("10.0.0.1"));
    }

    @Test
    void otherProtocolsOfThePortAreOthers() {
        Frontend quic = new Frontend(FOUR.address(), Protocol.UDP, 80);

        assertThat(of(HashTreePMap.singleton(quic, backends("10.0.0.1")))).isEqualTo(Upstream.NONE);
    }

    @Test
    void aServiceThatIsNotThereHasNobody() {
        assertThat(Upstreams.of(NodeImage.EMPTY, WEB)).isEqualTo(Upstream.NONE);
    }
}
