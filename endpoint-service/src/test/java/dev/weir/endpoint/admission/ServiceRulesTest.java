package dev.weir.endpoint.admission;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.endpoint.allocate.AddressRange;
import dev.weir.endpoint.allocate.Allocations;
import dev.weir.endpoint.allocate.PortRange;
import dev.weir.model.Cidr;
import dev.weir.net.v1.LoadBalancerIngress;
import dev.weir.net.v1.Service;
import dev.weir.net.v1.ServicePort;
import dev.weir.net.v1.ServiceSpec;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What each type of Service may and may not have, below the gate of what is programmed. */
class ServiceRulesTest {
    private static final Allocations NOTHING =
            Allocations.empty(
                    List.of(
                            new AddressRange(Cidr.of("10.96.0.0/12")),
                            new AddressRange(Cidr.of("fd00:10:96::/112"))),
                    PortRange.DEFAULT);

    private static final String PORT = "ports: [{port: 80}]";

    @ParameterizedTest
    @ValueSource(
            strings = {
                "externalName: a.example",
                "externalName: a.example., ports: [{port: 80}], selector: {a: b}",
            })
    void anExternalNameIsNothingButAName(String spec) {
        ServiceSpec service =
                Judged.accepted("{type: ExternalName, %s}".formatted(spec), NOTHING).getSpec();

        assertThat(service.getExternalName()).isEqualTo("a.example");
        assertThat(service.getClusterIp()).isEmpty();
        assertThat(service.getClusterIpsList()).isEmpty();
        assertThat(service.getIpFamiliesList()).isEmpty();
        assertThat(service.hasIpFamilyPolicy()).isFalse();
        assertThat(service.hasInternalTrafficPolicy()).isFalse();
        assertThat(service.getExternalTrafficPolicy()).isEmpty();
        assertThat(service.getSessionAffinity()).isEqualTo("None");
    }

    /** spec | sessionAffinity timeout | allocateLoadBalancerNodePorts | both traffic policies */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "type: ClusterIP|0|false|Cluster/",
                "type: ClusterIP, externalIPs: [192.0.2.1]|0|false|Cluster/Cluster",
                "type: NodePort|0|false|Cluster/Cluster",
                "type: NodePort, externalTrafficPolicy: Local, internalTrafficPolicy:"
                        + " Local|0|false|Local/Local",
                "type: LoadBalancer, sessionAffinity: ClientIP|10800|true|Cluster/Cluster",
                "type: LoadBalancer, sessionAffinity: ClientIP, sessionAffinityConfig: {clientIP:"
                        + " {timeoutSeconds: 1}}, allocateLoadBalancerNodePorts:"
                        + " false|1|false|Cluster/Cluster",
                "type: ClusterIP, sessionAffinity: ClientIP, sessionAffinityConfig: {clientIP:"
                        + " {timeoutSeconds: 86400}}|86400|false|Cluster/",
                "type: ClusterIP, sessionAffinity: ClientIP, sessionAffinityConfig: {clientIP:"
                        + " {}}|10800|false|Cluster/",
            })
    void whatIsLeftOutHasADefault(String spec, int timeout, boolean allocate, String policies) {
        ServiceSpec service = Judged.accepted("{%s, %s}".formatted(spec, PORT), NOTHING).getSpec();

        assertThat(service.getSessionAffinityConfig().getClientIp().getTimeoutSeconds())
                .isEqualTo(timeout);
        assertThat(service.getAllocateLoadBalancerNodePorts()).isEqualTo(allocate);
        assertThat(service.getInternalTrafficPolicy() + "/" + service.getExternalTrafficPolicy())
                .isEqualTo(policies);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "type: LoadBalancer, ports: [{name: a, port: 80}, {name: b, port: 80, protocol:"
                        + " UDP}, {name: c, port: 80, protocol: SCTP}]",
                "type: LoadBalancer, loadBalancerClass: example.com/mine, ports: [{port: 80}]",
                "type: LoadBalancer, loadBalancerSourceRanges: [\" 10.0.0.0/8 \","
                        + " \"fd00::/8\"], ports: [{port: 80}]",
                "type: NodePort, ports: [{port: 10250}]",
                "ports: [{port: 80, appProtocol: kubernetes.io/h2c}]",
                "ports: [{port: 80, targetPort: \"http-alt\"}]",
                "clusterIP: None, selector: {a: b}",
                "ports: [{port: 80}], trafficDistribution: PreferSameZone",
                "ports: [{port: 80}], trafficDistribution: PreferSameNode",
                "ports: [{port: 80}], trafficDistribution: PreferClose",
                "ports: [{port: 80}], externalIPs: [192.0.2.1, \"2001:db8::1\"]",
            })
    void accepts(String spec) {
        assertThat(Judged.errors(Optional.empty(), "{" + spec + "}", NOTHING))
                .startsWith("accepted");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "type: NodePort|spec.ports: Required value",
                "type: LoadBalancer|spec.ports: Required value",
                "type: ExternalName, externalName: \"-a\"|spec.externalName: Invalid value: \"-a\":"
                        + " a lowercase RFC 1123 subdomain must consist of lower case alphanumeric"
                        + " characters, '-' or '.', and must start and end with an alphanumeric"
                        + " character (e.g. 'example.com', regex used for validation is"
                        + " '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')",
                "type: ExternalName, externalName: .|spec.externalName: Required value",
                "type: ExternalName, externalName: a.example, clusterIP:"
                        + " None|spec.clusterIPs: Forbidden: may not be set for ExternalName"
                        + " services",
                "type: ExternalName, externalName: a.example, ipFamilies:"
                        + " [IPv4]|spec.ipFamilies: Forbidden: may not be set for ExternalName"
                        + " services",
                "type: ExternalName, externalName: a.example, externalTrafficPolicy:"
                        + " Cluster|spec.externalTrafficPolicy: Invalid value: \"Cluster\": may"
                        + " only be set for externally-accessible services",
                "type: LoadBalancer, clusterIP: None, ports: [{port: 80}]|spec.clusterIPs[0]:"
                        + " Invalid value: \"None\": may not be set to 'None' for LoadBalancer"
                        + " services",
                "type: NodePort, ports: [{port: 80, name: a, nodePort: 30000}, {port: 81, name: b,"
                        + " nodePort: 30000}]|spec.ports[1].nodePort: Duplicate value: 30000",
                "type: NodePort, externalTrafficPolicy: Near, ports: [{port:"
                        + " 80}]|spec.externalTrafficPolicy: Unsupported value: \"Near\": supported"
                        + " values: \"Cluster\", \"Local\"",
                "internalTrafficPolicy: Near, ports: [{port: 80}]|spec.internalTrafficPolicy:"
                        + " Unsupported value: \"Near\": supported values: \"Cluster\", \"Local\"",
                "trafficDistribution: Near, ports: [{port: 80}]|spec.trafficDistribution:"
                        + " Unsupported value: \"Near\": supported values: \"PreferClose\","
                        + " \"PreferSameNode\", \"PreferSameZone\"",
                "sessionAffinity: Cookie, ports: [{port: 80}]|spec.sessionAffinity: Unsupported"
                        + " value: \"Cookie\": supported values: \"ClientIP\", \"None\"",
                "sessionAffinity: ClientIP, sessionAffinityConfig: {clientIP: {timeoutSeconds: 0}},"
                        + " ports: [{port: 80}]|spec.sessionAffinityConfig.clientIP.timeoutSeconds:"
                        + " Invalid value: 0: must be greater than 0 and less than 86400",
                "type: LoadBalancer, healthCheckNodePort: 30001, ports: [{port:"
                    + " 80}]|spec.healthCheckNodePort: Invalid value: 30001: may only be set when"
                    + " `type` is 'LoadBalancer' and `externalTrafficPolicy` is 'Local'",
                "type: NodePort, externalTrafficPolicy: Local, healthCheckNodePort: 30001, ports:"
                    + " [{port: 80}]|spec.healthCheckNodePort: Invalid value: 30001: may only be"
                    + " set when `type` is 'LoadBalancer' and `externalTrafficPolicy` is 'Local'",
                "type: NodePort, allocateLoadBalancerNodePorts: true, ports: [{port:"
                    + " 80}]|spec.allocateLoadBalancerNodePorts: Forbidden: may only be used when"
                    + " `type` is 'LoadBalancer'",
                "type: NodePort, loadBalancerClass: a/b, ports: [{port:"
                        + " 80}]|spec.loadBalancerClass: Forbidden: may only be used when `type` is"
                        + " 'LoadBalancer'",
                "type: LoadBalancer, loadBalancerClass: /b, ports: [{port:"
                        + " 80}]|spec.loadBalancerClass: Invalid value: \"/b\": prefix part must be"
                        + " non-empty",
                "type: NodePort, loadBalancerSourceRanges: [10.0.0.0/8], ports: [{port:"
                        + " 80}]|spec.loadBalancerSourceRanges: Forbidden: may only be used when"
                        + " `type` is 'LoadBalancer'",
                "type: LoadBalancer, loadBalancerSourceRanges: [10.0.0.0/8, ten], ports: [{port:"
                    + " 80}]|spec.loadBalancerSourceRanges[1]: Invalid value: \"ten\": must be a"
                    + " valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)",
                "externalIPs: [a], ports: [{port: 80}]|spec.externalIPs[0]: Invalid value: \"a\":"
                        + " must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)",
                "externalIPs: [0.0.0.0], ports: [{port: 80}]|spec.externalIPs[0]: Invalid value:"
                        + " \"0.0.0.0\": may not be unspecified (0.0.0.0)",
                "externalIPs: [\"fe80::1\"], ports: [{port: 80}]|spec.externalIPs[0]: Invalid"
                        + " value: \"fe80::1\": may not be in the link-local range"
                        + " (169.254.0.0/16, fe80::/10)",
                "externalIPs: [224.0.0.9], ports: [{port: 80}]|spec.externalIPs[0]: Invalid value:"
                        + " \"224.0.0.9\": may not be in the link-local multicast range"
                        + " (224.0.0.0/24, ff02::/10)",
                "ports: [{port: 80, appProtocol: a/b/c}]|spec.ports[0].appProtocol: Invalid value:"
                    + " \"a/b/c\": a qualified name must consist of alphanumeric characters, '-',"
                    + " '_' or '.', and must start and end with an alphanumeric character (e.g."
                    + " 'MyName',  or 'my.name',  or '123-abc', regex used for validation is"
                    + " '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]') with an optional DNS subdomain"
                    + " prefix and '/' (e.g. 'example.com/MyName')",
            })
    void refuses(String spec, String errors) {
        assertThat(Judged.errors(Optional.empty(), "{" + spec + "}", NOTHING)).isEqualTo(errors);
    }

    /** annotation | its value | type | errors */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "weir.dev/load-balancing|random|ClusterIP|",
                "weir.dev/load-balancing|round-robin|ClusterIP|",
                "weir.dev/load-balancing|source-hash|ClusterIP|",
                "weir.dev/load-balancing|maglev|ClusterIP|metadata.annotations[weir.dev/load-balancing]:"
                    + " Unsupported value: \"maglev\": supported values: \"random\","
                    + " \"round-robin\", \"source-hash\"",
                "service.beta.kubernetes.io/load-balancer-source-ranges|10.0.0.0/8,"
                        + " fd00::/8|LoadBalancer|",
                "service.beta.kubernetes.io/load-balancer-source-ranges|10.0.0.0/8|NodePort|"
                    + "metadata.annotations[service.beta.kubernetes.io/load-balancer-source-ranges]:"
                    + " Forbidden: may only be used when `type` is 'LoadBalancer'",
                "service.beta.kubernetes.io/load-balancer-source-ranges|all|LoadBalancer|"
                    + "metadata.annotations[service.beta.kubernetes.io/load-balancer-source-ranges]:"
                    + " Invalid value: \"all\": must be a valid CIDR value, (e.g. 10.9.8.0/24 or"
                    + " 2001:db8::/64)",
            })
    void judgesAnnotations(String annotation, String value, String type, String errors) {
        Service service =
                Judged.read(
                        "web",
                        "{%s: \"%s\"}".formatted(annotation, value),
                        "{type: %s, %s}".formatted(type, PORT));

        String found = Judged.errors(Optional.empty(), service, NOTHING);

        assertThat(found.startsWith("accepted") ? null : found).isEqualTo(errors);
    }

    @Test
    void theTwoTopologyAnnotationsAgree() {
        String both =
                "{service.kubernetes.io/topology-mode: %s,"
                        + " service.kubernetes.io/topology-aware-hints: Auto}";
        String spec = "{" + PORT + "}";

        assertThat(
                        Judged.errors(
                                Optional.empty(),
                                Judged.read("web", both.formatted("Auto"), spec),
                                NOTHING))
                .startsWith("accepted");
        assertThat(
                        Judged.errors(
                                Optional.empty(),
                                Judged.read("web", both.formatted("Disabled"), spec),
                                NOTHING))
                .isEqualTo(
                        "metadata.annotations[service.kubernetes.io/topology-mode]: Invalid value:"
                            + " \"Disabled\": must match"
                            + " annotations[service.kubernetes.io/topology-aware-hints] when both"
                            + " are specified");
    }

    /** Of a class that others serve. */
    private static final String CLASSED =
            "{type: LoadBalancer, loadBalancerClass: a/b, " + PORT + "}";

    private static Service with(Service service, LoadBalancerIngress.Builder ingress) {
        Service.Builder with = service.toBuilder();
        with.getStatusBuilder().getLoadBalancerBuilder().addIngress(ingress);
        return with.build();
    }

    /** ip | ipMode | hostname | errors */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            nullValues = "-",
            value = {
                "192.0.2.1|-|-|-",
                "2001:db8::1|Proxy|-|-",
                "-|-|lb.example|-",
                "300.0.0.1|-|-|ip: Invalid value: \"300.0.0.1\": must be a valid IP address, (e.g."
                        + " 10.9.8.7 or 2001:db8::ffff)",
                "192.0.2.1|Both|-|ipMode: Unsupported value: \"Both\": supported values:"
                        + " \"Proxy\", \"VIP\"",
                "-|VIP|lb.example|ipMode: Forbidden: may not be specified when `ip` is not set",
                "-|-|192.0.2.1|hostname: Invalid value: \"192.0.2.1\": must be a DNS name, not an"
                        + " IP address",
            })
    void judgesTheAddressesOfALoadBalancer(String ip, String mode, String hostname, String error) {
        LoadBalancerIngress.Builder ingress = LoadBalancerIngress.newBuilder();
        Optional.ofNullable(ip).ifPresent(ingress::setIp);
        Optional.ofNullable(mode).ifPresent(ingress::setIpMode);
        Optional.ofNullable(hostname).ifPresent(ingress::setHostname);
        Service old = Judged.accepted(CLASSED, NOTHING);

        String found = Judged.errors(Optional.of(old), with(old, ingress), NOTHING);

        assertThat(found.startsWith("accepted") ? null : found)
                .isEqualTo(error == null ? null : "status.loadBalancer.ingress[0]." + error);
    }

    @Test
    void anAddressOfALoadBalancerIsTakenByTheNodesByDefaultAndGoesWithItsType() {
        Service before = Judged.accepted(CLASSED, NOTHING);
        Service old =
                Judged.accepted(
                        Optional.of(before),
                        with(before, LoadBalancerIngress.newBuilder().setIp("192.0.2.1")),
                        NOTHING);

        Service now = Judged.accepted(Optional.of(old), type(old, "NodePort"), NOTHING);

        assertThat(old.getStatus().getLoadBalancer().getIngress(0).getIpMode()).isEqualTo("VIP");
        assertThat(now.getStatus().hasLoadBalancer()).isFalse();
    }

    private static Service type(Service old, String type) {
        Service.Builder service = old.toBuilder();
        service.getSpecBuilder().setType(type);
        if (type.equals("ExternalName")) {
            service.getSpecBuilder().setExternalName("a.example");
        }
        return service.build();
    }

    private static final String FULL =
            "{type: LoadBalancer, externalTrafficPolicy: Local, loadBalancerClass: a/b, %s}"
                    .formatted(PORT);

    /** Only the type is changed, as by a patch; all else is as it was. */
    @ParameterizedTest
    @CsvSource({
        "NodePort, true, true, true",
        "ClusterIP, true, false, false",
        "ExternalName, false, false, false",
    })
    void anotherTypeLosesWhatItDoesNotUse(
            String type, boolean addressed, boolean numbered, boolean exposed) {
        Service old = Judged.accepted(FULL, NOTHING);

        ServiceSpec spec = Judged.accepted(Optional.of(old), type(old, type), NOTHING).getSpec();

        assertThat(spec.getClusterIp()).isEqualTo(addressed ? old.getSpec().getClusterIp() : "");
        assertThat(spec.getIpFamiliesCount()).isEqualTo(addressed ? 1 : 0);
        assertThat(spec.hasIpFamilyPolicy()).isEqualTo(addressed);
        assertThat(spec.getPorts(0).getNodePort())
                .isEqualTo(numbered ? old.getSpec().getPorts(0).getNodePort() : 0);
        assertThat(spec.getExternalTrafficPolicy()).isEqualTo(exposed ? "Local" : "");
        assertThat(spec.getHealthCheckNodePort()).isZero();
        assertThat(spec.hasAllocateLoadBalancerNodePorts()).isFalse();
        assertThat(spec.hasLoadBalancerClass()).isFalse();
    }

    /** Every type to every type and back: always accepted, never a leak. */
    @Test
    void anyTypeMayBecomeAnyOther() {
        List<String> types = List.of("ClusterIP", "NodePort", "LoadBalancer", "ExternalName");
        for (String first : types) {
            for (String second : types) {
                Service plain =
                        Judged.accepted(
                                Optional.empty(),
                                type(Judged.read("web", "{" + PORT + "}"), first),
                                NOTHING);
                Service changed = Judged.accepted(Optional.of(plain), type(plain, second), NOTHING);
                Service back = Judged.accepted(Optional.of(changed), type(changed, first), NOTHING);

                assertThat(shape(back)).as(first + " " + second).isEqualTo(shape(plain));
            }
        }
    }

    private static List<Object> shape(Service service) {
        ServiceSpec spec = service.getSpec();
        return List.of(
                spec.getType(),
                spec.getClusterIpsCount(),
                spec.getIpFamiliesList(),
                spec.getPortsList().stream().map(ServicePort::getNodePort).anyMatch(n -> n != 0),
                spec.getExternalTrafficPolicy(),
                spec.hasAllocateLoadBalancerNodePorts());
    }

    @Test
    void theEndOfAffinityIsTheEndOfItsTimeout() {
        Service old = Judged.accepted("{sessionAffinity: ClientIP, " + PORT + "}", NOTHING);
        Service.Builder without = old.toBuilder();
        without.getSpecBuilder().setSessionAffinity("None");

        ServiceSpec spec = Judged.accepted(Optional.of(old), without.build(), NOTHING).getSpec();

        assertThat(spec.hasSessionAffinityConfig()).isFalse();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "type: LoadBalancer, externalTrafficPolicy: Local, loadBalancerClass: a/c, ports:"
                    + " [{port: 80}]|spec.loadBalancerClass: Invalid value: \"a/c\": may not change"
                    + " once set",
                "type: LoadBalancer, externalTrafficPolicy: Local, ports: [{port:"
                    + " 80}]|spec.loadBalancerClass: Invalid value: \"null\": may not change once"
                    + " set",
                "type: LoadBalancer, externalTrafficPolicy: Local, loadBalancerClass: a/b,"
                    + " healthCheckNodePort: 30001, ports: [{port: 80}]|spec.healthCheckNodePort:"
                    + " Forbidden: field is immutable",
                "type: ClusterIP, ports: [{port: 80, nodePort: 30001}]|spec.ports[0].nodePort:"
                        + " Forbidden: may not be used when `type` is 'ClusterIP'",
                "type: NodePort, loadBalancerClass: a/c, ports: [{port:"
                        + " 80}]|spec.loadBalancerClass: Forbidden: may only be used when `type` is"
                        + " 'LoadBalancer'",
                "type: ExternalName, externalName: a.example, clusterIP:"
                        + " 10.96.0.77|spec.clusterIPs: Forbidden: may not be set for ExternalName"
                        + " services",
            })
    void whatIsChangedWithTheTypeIsJudged(String spec, String errors) {
        Service old = Judged.accepted(FULL, NOTHING);

        assertThat(Judged.errors(Optional.of(old), "{" + spec + "}", NOTHING)).isEqualTo(errors);
    }

    @Test
    void aClassMayComeWithTheType() {
        Service old = Judged.accepted("{type: NodePort, " + PORT + "}", NOTHING);

        ServiceSpec spec = Judged.accepted(Optional.of(old), FULL, NOTHING).getSpec();

        assertThat(spec.getLoadBalancerClass()).isEqualTo("a/b");
        assertThat(spec.getHealthCheckNodePort()).isNotZero();
    }
}
