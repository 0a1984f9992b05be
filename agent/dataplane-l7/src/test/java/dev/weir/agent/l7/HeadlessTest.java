package dev.weir.agent.l7;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.model.Kinds;
import org.junit.jupiter.api.Test;

/** Services without a cluster IP: their endpoints are what their slices say. */
class HeadlessTest {
    private static String headless(String name, int port) {
        return """
        apiVersion: v1
        kind: Service
        metadata: {namespace: shop, name: %s}
        spec:
          clusterIP: None
          clusterIPs: [None]
          ports:
          - {name: dns, protocol: UDP, port: %d}
          - {name: http, protocol: TCP, port: %d}
        """
                .formatted(name, port, port);
    }

    /**
     * @param service its owner
     */
    private static String slice(String name, String service, String endpoints, int port) {
        return """
        apiVersion: discovery.k8s.io/v1
        kind: EndpointSlice
        metadata:
          namespace: shop
          name: %s
          labels: {kubernetes.io/service-name: %s}
        addressType: IPv4
        ports: [{name: http, protocol: TCP, port: %d}, {name: dns, protocol: UDP, port: 53}]
        endpoints: [%s]
        """
                .formatted(name, service, port, endpoints);
    }

    @Test
    void aHeadlessServiceIsItsReadyEndpoints() throws Exception {
        try (Site site = Site.open();
                EchoServer one = new EchoServer("one", "127.0.0.11", 0);
                EchoServer two = new EchoServer("two", "127.0.0.12", one.backend().port());
                EchoServer three = new EchoServer("three", "127.0.0.13", one.backend().port())) {
            int port = one.backend().port();
            String ready = "{addresses: [%s], conditions: {ready: %s}}";
            String first =
                    String.join(
                            ", ",
                            ready.formatted("127.0.0.11", "true"),
                            "{addresses: [127.0.0.12]}",
                            ready.formatted("127.0.0.13", "false"));
            site.given(
                    ForwardingTest.INGRESS
                            .replace("name: web", "name: pets")
                            .replace("number: 80", "name: http"));
            assertThat(ForwardingTest.answering(site, "/")).containsExactly("503");

            site.given(headless("pets", 80)).given(slice("pets-1", "pets", first, port));
            assertThat(ForwardingTest.answering(site, "/")).containsExactly("one", "two");

            site.given(slice("pets-1", "pets", ready.formatted("127.0.0.11", "true"), port));
            assertThat(ForwardingTest.answering(site, "/")).containsExactly("one");

            site.given(slice("pets-2", "pets", ready.formatted("127.0.0.13", "true"), port));
            assertThat(ForwardingTest.answering(site, "/")).containsExactly("one", "three");

            site.given(
                    slice(
                            "pets-1",
                            "pets",
                            "{addresses: [127.0.0.11], conditions: {ready: false, serving: true,"
                                    + " terminating: true}}",
                            port));
            assertThat(ForwardingTest.answering(site, "/")).containsExactly("three");

            // handed over to another Service
            site.given(slice("pets-1", "other", ready.formatted("127.0.0.11", "true"), port));
            assertThat(ForwardingTest.answering(site, "/")).containsExactly("three");

            site.given(
                    slice(
                            "pets-2",
                            "pets",
                            "{addresses: [127.0.0.13], conditions: {ready: false, serving: true,"
                                    + " terminating: true}}",
                            port));
            assertThat(ForwardingTest.answering(site, "/")).containsExactly("three");

            site.without(Kinds.ENDPOINT_SLICE.key("shop", "pets-2"));
            assertThat(ForwardingTest.answering(site, "/")).containsExactly("503");
        }
    }

    @Test
    void aSliceOfNamesIsPassedOver() throws Exception {
        try (Site site = Site.open();
                EchoServer web = new EchoServer("web")) {
            String local = "{addresses: [127.0.0.1]}";
            site.given(ForwardingTest.INGRESS.replace("name: web", "name: pets"))
                    .given(headless("pets", 80))
                    .given(slice("ips", "pets", local, web.backend().port()))
                    .given(
                            slice("names", "pets", "{addresses: [pets.example.com]}", 80)
                                    .replace("addressType: IPv4", "addressType: FQDN"));

            assertThat(ForwardingTest.answering(site, "/")).containsExactly("web");
        }
    }
}
