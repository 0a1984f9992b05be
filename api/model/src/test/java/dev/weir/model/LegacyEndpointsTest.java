package dev.weir.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.net.v1.Endpoint;
import dev.weir.net.v1.EndpointAddress;
import dev.weir.net.v1.EndpointConditions;
import dev.weir.net.v1.EndpointPort;
import dev.weir.net.v1.EndpointSlice;
import dev.weir.net.v1.EndpointSubset;
import dev.weir.net.v1.Endpoints;
import dev.weir.net.v1.Service;
import java.util.List;
import org.junit.jupiter.api.Test;

class LegacyEndpointsTest {
    private static final Service WEB = service();

    private static Service service() {
        Service.Builder service = Service.newBuilder();
        service.getMetadataBuilder().setNamespace("shop").setName("web").putLabels("a", "b");
        service.getSpecBuilder().addIpFamilies("IPv4").addIpFamilies("IPv6");
        return service.build();
    }

    private static EndpointSlice.Builder slice(int port) {
        return EndpointSlice.newBuilder()
                .setAddressType("IPv4")
                .addPorts(EndpointPort.newBuilder().setProtocol("TCP").setPort(port));
    }

    private static Endpoint endpoint(String address, boolean ready, boolean terminating) {
        return Endpoint.newBuilder()
                .addAddresses(address)
                .setNodeName("node-1")
                .setConditions(
                        EndpointConditions.newBuilder().setReady(ready).setTerminating(terminating))
                .build();
    }

    private static List<String> ips(List<EndpointAddress> addresses) {
        return addresses.stream().map(EndpointAddress::getIp).toList();
    }

    @Test
    void slicesOfTheFirstFamilyAreSubsetsByTheirPorts() {
        Endpoints endpoints =
                LegacyEndpoints.of(
                        WEB,
                        List.of(
                                slice(80)
                                        .addEndpoints(endpoint("192.0.2.1", true, false))
                                        .addEndpoints(endpoint("192.0.2.2", false, false))
                                        .addEndpoints(endpoint("192.0.2.3", false, true))
                                        .build(),
                                slice(80)
                                        .addEndpoints(endpoint("192.0.2.4", true, true))
                                        .addEndpoints(endpoint("192.0.2.1", true, false))
                                        .build(),
                                slice(81)
                                        .addEndpoints(
                                                Endpoint.newBuilder().addAddresses("192.0.2.5"))
                                        .build(),
                                slice(80)
                                        .setAddressType("IPv6")
                                        .addEndpoints(endpoint("2001:db8::1", true, false))
                                        .build()));

        EndpointSubset first = endpoints.getSubsets(0);
        assertThat(endpoints.getSubsetsCount()).isEqualTo(2);
        assertThat(ips(first.getAddressesList())).containsExactly("192.0.2.1", "192.0.2.4");
        assertThat(ips(first.getNotReadyAddressesList())).containsExactly("192.0.2.2");
        assertThat(first.getAddresses(0).getNodeName()).isEqualTo("node-1");
        assertThat(ips(endpoints.getSubsets(1).getAddressesList())).containsExactly("192.0.2.5");
        assertThat(endpoints.getMetadata().getAnnotationsMap()).isEmpty();
    }

    @Test
    void aThousandAddressesAreShownReadyOnesFirst() {
        EndpointSlice.Builder first = slice(80);
        EndpointSlice.Builder second = slice(81);
        for (int i = 0; i < 600; i++) {
            String last = i / 250 + "." + i % 250;
            first.addEndpoints(endpoint("198.18." + last, i % 2 == 0, false));
            second.addEndpoints(endpoint("198.19." + last, true, false));
        }

        Endpoints endpoints = LegacyEndpoints.of(WEB, List.of(first.build(), second.build()));

        assertThat(endpoints.getSubsets(0).getAddressesCount()).isEqualTo(300);
        assertThat(endpoints.getSubsets(0).getNotReadyAddressesCount()).isEqualTo(100);
        assertThat(endpoints.getSubsets(1).getAddressesCount()).isEqualTo(600);
        assertThat(endpoints.getMetadata().getAnnotationsMap())
                .containsEntry("endpoints.kubernetes.io/over-capacity", "truncated");
    }

    @Test
    void whatIsShownCanBeReadAgain() {
        Endpoints shown =
                LegacyEndpoints.of(
                        WEB,
                        List.of(
                                slice(80)
                                        .addEndpoints(endpoint("192.0.2.1", true, false))
                                        .build()));

        String yaml = Manifests.yaml(shown);

        assertThat(yaml).startsWith("apiVersion: v1\nkind: Endpoints\n");
        assertThat(Manifests.parse("test", yaml).manifests().getFirst().object()).isEqualTo(shown);
    }
}
