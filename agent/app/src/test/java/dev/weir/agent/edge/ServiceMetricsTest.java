package dev.weir.agent.edge;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.agent.spi.Traffic;
import dev.weir.model.Frontend;
import dev.weir.model.Frontend.Clients;
import dev.weir.model.IpAddress;
import dev.weir.model.Key;
import dev.weir.model.Protocol;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ServiceMetricsTest {
    private static final Frontend V4 = new Frontend(IpAddress.of("10.96.0.1"), Protocol.TCP, 80);
    private static final Frontend V6 = new Frontend(IpAddress.of("fd96::1"), Protocol.UDP, 53);

    private static String text(Map<Frontend, Key> services, boolean metered, Traffic... traffic) {
        return ServiceMetrics.text(
                List.of(traffic), frontend -> Optional.ofNullable(services.get(frontend)), metered);
    }

    @Test
    void everyPortOfAServiceHasItsNumbers() {
        Key web = new Key("Service", "shop", "web");
        Key dns = new Key("Service", "kube", "dns");

        assertThat(
                        text(
                                Map.of(V4, web, V4.of(Clients.OWN), web, V6, dns),
                                true,
                                new Traffic(V6, 1, 2, 3, 4),
                                new Traffic(V4.of(Clients.OWN), 1, 0, 0, 0),
                                new Traffic(V4, 5, 6, 7, 8_000_000_000L)))
                .isEqualTo(
                        """
                        # HELP weir_service_connections_total Connections sent to an endpoint.
                        # TYPE weir_service_connections_total counter
                        weir_service_connections_total{namespace="shop",service="web",port="80",protocol="TCP",address="10.96.0.1"} 6
                        weir_service_connections_total{namespace="kube",service="dns",port="53",protocol="UDP",address="fd96::1"} 1
                        # HELP weir_service_refused_total Connections refused for want of an endpoint.
                        # TYPE weir_service_refused_total counter
                        weir_service_refused_total{namespace="shop",service="web",port="80",protocol="TCP",address="10.96.0.1"} 6
                        weir_service_refused_total{namespace="kube",service="dns",port="53",protocol="UDP",address="fd96::1"} 2
                        # HELP weir_service_packets_total Packets of its connections, both directions.
                        # TYPE weir_service_packets_total counter
                        weir_service_packets_total{namespace="shop",service="web",port="80",protocol="TCP",address="10.96.0.1"} 7
                        weir_service_packets_total{namespace="kube",service="dns",port="53",protocol="UDP",address="fd96::1"} 3
                        # HELP weir_service_bytes_total Bytes of its packets, with the IP header.
                        # TYPE weir_service_bytes_total counter
                        weir_service_bytes_total{namespace="shop",service="web",port="80",protocol="TCP",address="10.96.0.1"} 8000000000
                        weir_service_bytes_total{namespace="kube",service="dns",port="53",protocol="UDP",address="fd96::1"} 4
                        """);
    }

    @Test
    void whatIsNotCountedOrBelongsToNoServiceIsLeftOut() {
        assertThat(text(Map.of(), false, new Traffic(V4, 1, 1)))
                .isEqualTo(
                        """
                        # HELP weir_service_connections_total Connections sent to an endpoint.
                        # TYPE weir_service_connections_total counter
                        # HELP weir_service_refused_total Connections refused for want of an endpoint.
                        # TYPE weir_service_refused_total counter
                        """);
    }

    @Test
    void noNameBreaksOutOfItsLabel() {
        Key odd = new Key("Service", "a\"b", "c\\d\ne");

        assertThat(text(Map.of(V4, odd), false, new Traffic(V4, 1, 1)))
                .contains("{namespace=\"a\\\"b\",service=\"c\\\\d\\ne\",port=");
    }
}
