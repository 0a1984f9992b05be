package dev.weir.endpoint.admission;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.endpoint.allocate.AddressRange;
import dev.weir.endpoint.allocate.Allocations;
import dev.weir.endpoint.allocate.PortRange;
import dev.weir.model.Cidr;
import dev.weir.model.FieldError;
import dev.weir.model.Judgement;
import dev.weir.model.Manifests;
import dev.weir.model.NamespaceState;
import dev.weir.net.v1.Service;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ServiceAdmissionTest {
    private static final AddressRange V4 = new AddressRange(Cidr.of("10.96.0.0/12"));
    private static final AddressRange V6 = new AddressRange(Cidr.of("fd00:10:96::/112"));
    private static final Allocations SINGLE = Allocations.empty(List.of(V4), PortRange.DEFAULT);
    private static final Allocations DUAL = Allocations.empty(List.of(V4, V6), PortRange.DEFAULT);

    @Test
    void completesAMinimalService() {
        Service service = accepted("{ports: [{port: 80}]}", SINGLE);

        assertThat(service.getSpec().getType()).isEqualTo("ClusterIP");
        assertThat(service.getSpec().getSessionAffinity()).isEqualTo("None");
        assertThat(service.getSpec().getInternalTrafficPolicy()).isEqualTo("Cluster");
        assertThat(service.getSpec().getPorts(0).getProtocol()).isEqualTo("TCP");
        assertThat(service.getSpec().getPorts(0).getTargetPort().getIntVal()).isEqualTo(80);
        assertThat(service.getSpec().getIpFamilyPolicy()).isEqualTo("SingleStack");
        assertThat(service.getSpec().getIpFamiliesList()).containsExactly("IPv4");
        assertThat(service.getSpec().getClusterIpsList())
                .containsExactly(service.getSpec().getClusterIp());
    }

    /** spec | families, "+"-joined | policy | how many addresses; the cluster has both families. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "ports: [{port: 80}]|IPv4|SingleStack|1",
                "ports: [{port: 80}], ipFamilyPolicy: PreferDualStack|IPv4+IPv6|PreferDualStack|2",
                "ports: [{port: 80}], ipFamilyPolicy:"
                        + " RequireDualStack|IPv4+IPv6|RequireDualStack|2",
                "ports: [{port: 80}], ipFamilies: [IPv6]|IPv6|SingleStack|1",
                "ports: [{port: 80}], ipFamilies: [IPv6], ipFamilyPolicy:"
                        + " PreferDualStack|IPv6+IPv4|PreferDualStack|2",
                "ports: [{port: 80}], clusterIP: \"fd00:10:96::5\"|IPv6|SingleStack|1",
                "ports: [{port: 80}], clusterIPs: [\"fd00:10:96::5\", 10.96.0.5], ipFamilyPolicy:"
                        + " RequireDualStack|IPv6+IPv4|RequireDualStack|2",
                "clusterIP: None, selector: {a: b}|IPv4|SingleStack|0",
                "clusterIP: None|IPv4+IPv6|RequireDualStack|0",
                "clusterIP: None, ipFamilyPolicy: SingleStack, ipFamilies:"
                        + " [IPv6]|IPv6|SingleStack|0",
            })
    void settlesTheFamiliesOfATwoFamilyCluster(
            String spec, String families, String policy, int addresses) {
        Service service = accepted("{" + spec + "}", DUAL);

        assertThat(String.join("+", service.getSpec().getIpFamiliesList())).isEqualTo(families);
        assertThat(service.getSpec().getIpFamilyPolicy()).isEqualTo(policy);
        assertThat(service.getSpec().getClusterIpsList())
                .filteredOn(address -> !address.equals("None"))
                .hasSize(addresses);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "ports: [{port: 80}], ipFamilyPolicy: PreferDualStack|IPv4",
                "clusterIP: None|IPv4+IPv6",
                "clusterIP: None, selector: {a: b}|IPv4",
            })
    void settlesTheFamiliesOfAOneFamilyCluster(String spec, String families) {
        Service service = accepted("{" + spec + "}", SINGLE);

        assertThat(String.join("+", service.getSpec().getIpFamiliesList())).isEqualTo(families);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "{type: Foo, ports: [{port: 80}]}|spec.type: Unsupported value: \"Foo\": supported"
                    + " values: \"ClusterIP\", \"ExternalName\", \"LoadBalancer\", \"NodePort\"",
                "{}|spec.ports: Required value",
                "{ports: [{port: 0}]}|spec.ports[0].port: Invalid value: 0: must be between 1 and"
                        + " 65535, inclusive & spec.ports[0].targetPort: Invalid value: 0: must be"
                        + " between 1 and 65535, inclusive",
                "{ports: [{port: 80, targetPort: 65536}]}|spec.ports[0].targetPort: Invalid value:"
                        + " 65536: must be between 1 and 65535, inclusive",
                "{ports: [{port: 80, targetPort: \"80\"}]}|spec.ports[0].targetPort: Invalid value:"
                        + " \"80\": must contain at least one letter (a-z)",
                "{ports: [{port: 80, targetPort: sixteen-letters-x}]}|spec.ports[0].targetPort:"
                    + " Invalid value: \"sixteen-letters-x\": must be no more than 15 characters",
                "{ports: [{port: 80, protocol: ICMP}]}|spec.ports[0].protocol: Unsupported value:"
                        + " \"ICMP\": supported values: \"SCTP\", \"TCP\", \"UDP\"",
                "{ports: [{port: 80}, {port: 81, name: b}]}|spec.ports[0].name: Required value",
                "{ports: [{port: 80, name: a}, {port: 81, name: a}]}|spec.ports[1].name: Duplicate"
                        + " value: \"a\"",
                "{ports: [{port: 80, name: a}, {port: 80, name: b}]}|spec.ports[1]: Duplicate"
                        + " value: {\"protocol\":\"TCP\",\"port\":80}",
                "{ports: [{port: 80, name: A}]}|spec.ports[0].name: Invalid value: \"A\": a"
                    + " lowercase RFC 1123 label must consist of lower case alphanumeric characters"
                    + " or '-', and must start and end with an alphanumeric character (e.g."
                    + " 'my-name',  or '123-abc', regex used for validation is"
                    + " '[a-z0-9]([-a-z0-9]*[a-z0-9])?')",
                "{ports: [{port: 80, nodePort: 30000}]}|spec.ports[0].nodePort: Forbidden: may not"
                        + " be used when `type` is 'ClusterIP'",
                "{ports: [{port: 80}], externalTrafficPolicy: Local}|spec.externalTrafficPolicy:"
                        + " Invalid value: \"Local\": may only be set for externally-accessible"
                        + " services",
                "{ports: [{port: 80}], healthCheckNodePort: 30000}|spec.healthCheckNodePort:"
                        + " Invalid value: 30000: may only be set when `type` is 'LoadBalancer' and"
                        + " `externalTrafficPolicy` is 'Local'",
                "{ports: [{port: 80}], loadBalancerSourceRanges:"
                    + " [10.0.0.0/8]}|spec.loadBalancerSourceRanges: Forbidden: may only be used"
                    + " when `type` is 'LoadBalancer'",
                "{ports: [{port: 80}], sessionAffinityConfig: {clientIP: {timeoutSeconds:"
                    + " 5}}}|spec.sessionAffinityConfig: Forbidden: must not be set when session"
                    + " affinity is None",
                "{ports: [{port: 80}], selector: {a: \"-\"}}|spec.selector: Invalid value: \"-\": a"
                    + " valid label must be an empty string or consist of alphanumeric characters,"
                    + " '-', '_' or '.', and must start and end with an alphanumeric character"
                    + " (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is"
                    + " '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')",
                "{type: ExternalName}|spec.externalName: Required value",
                "{type: ExternalName, externalName: a.example, clusterIP:"
                        + " 10.96.0.9}|spec.clusterIPs: Forbidden: may not be set for ExternalName"
                        + " services",
                "{type: ExternalName, externalName: a.example, ipFamilyPolicy:"
                        + " SingleStack}|spec.ipFamilyPolicy: Forbidden: may not be set for"
                        + " ExternalName services",
                "{ports: [{port: 80}], clusterIP: 10.96.0.300}|spec.clusterIPs[0]: Invalid value:"
                        + " \"10.96.0.300\": must be a valid IP address, (e.g. 10.9.8.7 or"
                        + " 2001:db8::ffff)",
                "{ports: [{port: 80}], clusterIP: 10.96.0.010}|spec.clusterIPs[0]: Invalid value:"
                        + " \"10.96.0.010\": must not have leading 0s",
                "{ports: [{port: 80}], clusterIP: 10.0.0.1}|spec.clusterIPs: Invalid value:"
                    + " [\"10.0.0.1\"]: failed to allocate IP 10.0.0.1: provided IP is not in the"
                    + " valid range. The range of valid IPs is 10.96.0.0/12",
                "{ports: [{port: 80}], clusterIP: 10.96.0.10}|spec.clusterIPs: Invalid value:"
                    + " [\"10.96.0.10\"]: failed to allocate IP 10.96.0.10: provided IP is already"
                    + " allocated",
                "{ports: [{port: 80}], clusterIP: 10.96.0.9, clusterIPs:"
                    + " [10.96.0.8]}|spec.clusterIPs: Invalid value: [\"10.96.0.8\"]: first value"
                    + " must match `clusterIP`",
                "{ports: [{port: 80}], clusterIPs: [None, 10.96.0.8]}|spec.clusterIPs: Invalid"
                    + " value: [\"None\",\"10.96.0.8\"]: 'None' must be the first and only value",
                "{ports: [{port: 80}], clusterIPs: [10.96.0.8, 10.96.0.9]}|spec.clusterIPs: Invalid"
                    + " value: [\"10.96.0.8\",\"10.96.0.9\"]: may specify no more than one IP for"
                    + " each IP family",
                "{ports: [{port: 80}], clusterIP: 10.96.0.8, ipFamilies:"
                    + " [IPv6]}|spec.clusterIPs[0]: Invalid value: \"10.96.0.8\": expected an IPv6"
                    + " value as indicated by `ipFamilies[0]`",
                "{ports: [{port: 80}], clusterIP: \"fd00::1\"}|spec.clusterIPs[0]: Invalid value:"
                        + " [\"fd00::1\"]: IPv6 is not configured on this cluster",
                "{ports: [{port: 80}], ipFamilies: [IPv6]}|spec.ipFamilies[0]: Invalid value:"
                        + " \"IPv6\": not configured on this cluster",
                "{ports: [{port: 80}], ipFamilies: [IPv4, IPv4]}|spec.ipFamilies[1]: Duplicate"
                        + " value: \"IPv4\"",
                "{ports: [{port: 80}], ipFamilies: [IPX]}|spec.ipFamilies[0]: Unsupported value:"
                        + " \"IPX\": supported values: \"IPv4\", \"IPv6\"",
                "{ports: [{port: 80}], ipFamilies: [IPv4, IPv6]}|spec.ipFamilyPolicy: Invalid"
                        + " value: \"SingleStack\": must be 'RequireDualStack' or 'PreferDualStack'"
                        + " when multiple IP families are specified",
                "{ports: [{port: 80}], ipFamilyPolicy: RequireDualStack}|spec.ipFamilyPolicy:"
                        + " Invalid value: \"RequireDualStack\": this cluster is not configured for"
                        + " dual-stack services",
                "{ports: [{port: 80}], ipFamilyPolicy: Both}|spec.ipFamilyPolicy: Unsupported"
                        + " value: \"Both\": supported values: \"PreferDualStack\","
                        + " \"RequireDualStack\", \"SingleStack\"",
            })
    void refusesWithKubernetesWords(String spec, String errors) {
        assertThat(errors(Optional.empty(), spec, SINGLE)).isEqualTo(errors);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "{type: NodePort, clusterIP: None, ports: [{port: 80}]}|spec.clusterIPs[0]: Invalid"
                        + " value: \"None\": may not be set to 'None' for NodePort services",
                "{type: LoadBalancer, ports: [{port: 10250}]}|spec.ports[0]: Invalid value: 10250:"
                        + " may not expose port 10250 externally since it is used by kubelet",
                "{type: NodePort, ports: [{port: 80, nodePort: 30000, name: a}, {port: 81,"
                    + " nodePort: 30000, name: b}]}|spec.ports[1].nodePort: Duplicate value: 30000",
                "{type: LoadBalancer, ports: [{port: 80}], loadBalancerSourceRanges:"
                        + " [10.0.0.1/8]}|spec.loadBalancerSourceRanges[0]: Invalid value:"
                        + " \"10.0.0.1/8\": must not have bits set beyond the prefix length",
                "{ports: [{port: 80}], externalIPs: [127.0.0.1]}|spec.externalIPs[0]: Invalid"
                        + " value: \"127.0.0.1\": may not be in the loopback range (127.0.0.0/8,"
                        + " ::1/128)",
                "{ports: [{port: 80}], sessionAffinity: ClientIP, sessionAffinityConfig: {clientIP:"
                    + " {timeoutSeconds:"
                    + " 86401}}}|spec.sessionAffinityConfig.clientIP.timeoutSeconds: Invalid value:"
                    + " 86401: must be greater than 0 and less than 86400",
            })
    void judgesWhatIsNotProgrammedYetAsWell(String spec, String error) {
        assertThat(errors(Optional.empty(), spec, SINGLE)).startsWith(error);
    }

    @Test
    void needsADns1035Name() {
        Service service = read("{ports: [{port: 80}]}").toBuilder().build();
        Service digit =
                service.toBuilder()
                        .setMetadata(service.getMetadata().toBuilder().setName("1web"))
                        .build();

        Judgement<Service> judgement =
                ServiceAdmission.admit(Optional.empty(), digit, NamespaceState.ACTIVE, SINGLE);

        assertThat(judgement.toString())
                .contains("metadata.name: Invalid value: \"1web\": a DNS-1035 label must consist");
    }

    @Test
    void goesOnlyIntoANamespaceThatStays() {
        Service service = read("{ports: [{port: 80}]}");

        assertThat(refusal(service, NamespaceState.ABSENT))
                .isEqualTo("namespaces \"default\" not found");
        assertThat(refusal(service, NamespaceState.TERMINATING))
                .isEqualTo(
                        "services \"web\" is forbidden: unable to create new content in namespace"
                                + " default because it is being terminated");
    }

    private static String refusal(Service service, NamespaceState state) {
        return ServiceAdmission.admit(Optional.empty(), service, state, SINGLE)
                        instanceof Judgement.Refused<Service>(var failure)
                ? failure.message()
                : "accepted";
    }

    @Test
    void keepsItsAddressesThroughAnUpdateThatDoesNotNameThem() {
        Service old = accepted("{ports: [{port: 80}], ipFamilyPolicy: RequireDualStack}", DUAL);

        Service updated = accepted(Optional.of(old), "{ports: [{port: 81}]}", DUAL);

        assertThat(updated.getSpec().getClusterIpsList())
                .isEqualTo(old.getSpec().getClusterIpsList());
        assertThat(updated.getSpec().getIpFamilyPolicy()).isEqualTo("RequireDualStack");
        assertThat(accepted(Optional.of(old), "{ports: [{port: 80}]}", DUAL)).isEqualTo(old);
    }

    @Test
    void gainsAndReleasesASecondFamily() {
        Service one = accepted("{ports: [{port: 80}]}", DUAL);

        Service two =
                accepted(
                        Optional.of(one),
                        "{ports: [{port: 80}], ipFamilyPolicy: PreferDualStack}",
                        DUAL);
        Service again =
                accepted(
                        Optional.of(two),
                        "{ports: [{port: 80}], ipFamilyPolicy: SingleStack}",
                        DUAL);

        assertThat(two.getSpec().getClusterIpsList())
                .hasSize(2)
                .startsWith(one.getSpec().getClusterIp());
        assertThat(again.getSpec().getClusterIpsList())
                .containsExactly(one.getSpec().getClusterIp());
        assertThat(again.getSpec().getIpFamiliesList()).containsExactly("IPv4");
    }

    @Test
    void changesToAndFromAnExternalName() {
        Service old = accepted("{ports: [{port: 80}]}", SINGLE);

        Service external =
                accepted(
                        Optional.of(old), "{type: ExternalName, externalName: a.example.}", SINGLE);
        Service back = accepted(Optional.of(external), "{ports: [{port: 80}]}", SINGLE);

        assertThat(external.getSpec().getClusterIpsList()).isEmpty();
        assertThat(external.getSpec().getExternalName()).isEqualTo("a.example");
        assertThat(back.getSpec().getClusterIpsList()).hasSize(1);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "{ports: [{port: 80}], clusterIP: 10.96.0.9}|spec.clusterIPs[0]: Invalid value:"
                    + " [\"10.96.0.9\"]: may not change once set & spec.ipFamilyPolicy: Invalid"
                    + " value: \"RequireDualStack\": must be 'SingleStack' to release the secondary"
                    + " cluster IP",
                "{ports: [{port: 80}], clusterIP: None}|spec.clusterIPs[0]: Invalid value:"
                    + " [\"None\"]: may not change once set & spec.ipFamilyPolicy: Invalid value:"
                    + " \"RequireDualStack\": must be 'SingleStack' to release the secondary"
                    + " cluster IP",
                "{ports: [{port: 80}], ipFamilies: [IPv6, IPv4]}|spec.ipFamilies[0]: Invalid value:"
                    + " [\"IPv6\",\"IPv4\"]: may not change once set & spec.ipFamilies[1]: Invalid"
                    + " value: [\"IPv6\",\"IPv4\"]: may not change once set & spec.clusterIPs[0]:"
                    + " Invalid value: \"10.96.0.8\": expected an IPv6 value as indicated by"
                    + " `ipFamilies[0]` & spec.clusterIPs[1]: Invalid value: \"fd00:10:96::8\":"
                    + " expected an IPv4 value as indicated by `ipFamilies[1]`",
            })
    void keepsThePrimaryAddressAndFamily(String spec, String errors) {
        Service old =
                accepted(
                        "{ports: [{port: 80}], clusterIPs: [10.96.0.8, \"fd00:10:96::8\"],"
                                + " ipFamilyPolicy: RequireDualStack}",
                        DUAL);

        assertThat(errors(Optional.of(old), spec, DUAL).split(" & "))
                .containsExactlyInAnyOrder(errors.split(" & "));
    }

    @Test
    void saysWhenTheRangeIsFull() {
        Allocations tiny =
                Allocations.empty(
                        List.of(new AddressRange(Cidr.of("10.0.0.0/30"))), PortRange.DEFAULT);
        Allocations full = tiny;
        for (String name : List.of("a", "b")) {
            full = full.after(Optional.empty(), Optional.of(named(name, full)));
        }

        Judgement<Service> judgement =
                ServiceAdmission.admit(
                        Optional.empty(),
                        read("{ports: [{port: 80}]}"),
                        NamespaceState.ACTIVE,
                        full);

        assertThat(judgement.toString())
                .contains("EXHAUSTED")
                .contains("failed to allocate a serviceIP: range is full");
    }

    private static Service named(String name, Allocations addresses) {
        Service service = read("{ports: [{port: 80}]}");
        Service renamed =
                service.toBuilder()
                        .setMetadata(service.getMetadata().toBuilder().setName(name))
                        .build();
        return accepted(
                ServiceAdmission.admit(
                        Optional.empty(), renamed, NamespaceState.ACTIVE, addresses));
    }

    private static Service accepted(String spec, Allocations addresses) {
        return accepted(Optional.empty(), spec, addresses);
    }

    private static Service accepted(Optional<Service> old, String spec, Allocations addresses) {
        return accepted(ServiceAdmission.admit(old, read(spec), NamespaceState.ACTIVE, addresses));
    }

    private static Service accepted(Judgement<Service> judgement) {
        return switch (judgement) {
            case Judgement.Accepted<Service>(var service) -> service;
            case Judgement.Refused<Service>(var failure) -> throw new AssertionError(failure);
        };
    }

    private static String errors(Optional<Service> old, String spec, Allocations addresses) {
        return switch (ServiceAdmission.admit(old, read(spec), NamespaceState.ACTIVE, addresses)) {
            case Judgement.Accepted<Service>(var service) -> "accepted " + service;
            case Judgement.Refused<Service>(var failure) ->
                    String.join(
                            " & ", failure.fields().stream().map(FieldError::toString).toList());
        };
    }

    private static Service read(String spec) {
        var parsed =
                Manifests.parse(
                        "test",
                        "{apiVersion: v1, kind: Service, metadata: {name: web, namespace: default},"
                                + " spec: "
                                + spec
                                + "}");
        assertThat(parsed.problems()).isEmpty();
        return (Service) parsed.manifests().getFirst().object();
    }
}
