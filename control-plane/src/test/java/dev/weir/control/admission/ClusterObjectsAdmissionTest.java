package dev.weir.control.admission;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Message;
import dev.weir.core.v1.IpBlock;
import dev.weir.core.v1.IpBlockSpec;
import dev.weir.core.v1.Namespace;
import dev.weir.core.v1.NamespaceStatus;
import dev.weir.core.v1.Node;
import dev.weir.core.v1.NodeAddress;
import dev.weir.core.v1.NodeStatus;
import dev.weir.core.v1.ObjectMeta;
import dev.weir.model.Cidr;
import dev.weir.model.FieldError;
import dev.weir.model.Judgement;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ClusterObjectsAdmissionTest {
    private static final List<Cidr> PODS =
            List.of(Cidr.of("10.244.0.0/16"), Cidr.of("fd00:10:244::/56"));

    @Test
    void labelsANamespaceWithItsName() {
        Namespace namespace =
                accepted(NamespaceAdmission.admit(Optional.empty(), namespace("shop", "shop")));
        Namespace without =
                accepted(
                        NamespaceAdmission.admit(
                                Optional.empty(),
                                Namespace.newBuilder()
                                        .setMetadata(ObjectMeta.newBuilder().setName("shop"))
                                        .build()));

        assertThat(namespace).isEqualTo(without);
        assertThat(namespace.getMetadata().getLabelsMap())
                .containsEntry("kubernetes.io/metadata.name", "shop");
        assertThat(namespace.getStatus().getPhase()).isEqualTo("Active");
        assertThat(errors(NamespaceAdmission.admit(Optional.empty(), namespace("shop", "other"))))
                .isEqualTo(
                        "metadata.labels[kubernetes.io/metadata.name]: Invalid value: \"other\":"
                                + " must be the namespace's name");
    }

    @Test
    void letsNoNamespaceComeBack() {
        Namespace ends =
                namespace("shop", "shop").toBuilder()
                        .setStatus(NamespaceStatus.newBuilder().setPhase("Terminating"))
                        .build();

        Namespace updated =
                accepted(NamespaceAdmission.admit(Optional.of(ends), namespace("shop", "shop")));

        assertThat(updated.getStatus().getPhase()).isEqualTo("Terminating");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "''|metadata.name: Required value: name or generateName is required",
                "a.b|metadata.name: Invalid value: \"a.b\": a lowercase RFC 1123 label must"
                        + " consist",
            })
    void needsAName(String name, String error) {
        assertThat(errors(NamespaceAdmission.admit(Optional.empty(), namespace(name, name))))
                .startsWith(error);
    }

    @Test
    void judgesLabelsAndAnnotations() {
        ObjectMeta metadata =
                ObjectMeta.newBuilder()
                        .setName("n1")
                        .setNamespace("default")
                        .putLabels("-", "x".repeat(64))
                        .putAnnotations("/a", "y".repeat(262_144))
                        .build();

        String errors =
                errors(
                        NodeAdmission.admit(
                                Optional.empty(), Node.newBuilder().setMetadata(metadata).build()));

        assertThat(errors)
                .contains("metadata.namespace: Forbidden: not allowed on this type")
                .contains("metadata.labels: Invalid value: \"-\": name part must consist of")
                .contains(": must be no more than 63 characters")
                .contains(
                        "metadata.annotations: Invalid value: \"/a\": prefix part must be"
                                + " non-empty")
                .contains("metadata.annotations: Too long: may not be more than 262144 bytes");
    }

    @Test
    void judgesANodesAddresses() {
        Node node =
                Node.newBuilder()
                        .setMetadata(ObjectMeta.newBuilder().setName("n1"))
                        .setStatus(
                                NodeStatus.newBuilder()
                                        .addAddresses(address("InternalIP", "fd00::1"))
                                        .addAddresses(address("InternalIP", "n1"))
                                        .addAddresses(address("Phone", "1")))
                        .build();

        assertThat(errors(NodeAdmission.admit(Optional.empty(), node)))
                .isEqualTo(
                        "status.addresses[1].address: Invalid value: \"n1\": must be a valid IP"
                            + " address, (e.g. 10.9.8.7 or 2001:db8::ffff) &"
                            + " status.addresses[2].type: Unsupported value: \"Phone\": supported"
                            + " values: \"ExternalIP\", \"Hostname\", \"InternalIP\"");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "10.244.1.0/24+fd00:10:244:0:1::/80|accepted",
                "fd00:10:244:0:1::/80|accepted",
                "10.245.0.0/24|spec.cidrs[0]: Invalid value: \"10.245.0.0/24\": must be inside the"
                        + " pod ranges [10.244.0.0/16, fd00:10:244::/56]",
                "10.244.0.0/25|spec.cidrs[0]: Invalid value: \"10.244.0.0/25\": overlaps with block"
                        + " \"taken\"",
                "10.244.1.1/24|spec.cidrs[0]: Invalid value: \"10.244.1.1/24\": must not have bits"
                        + " set beyond the prefix length",
                "10.244.1.0/24+10.244.2.0/24|spec.cidrs[1]: Invalid value: \"10.244.2.0/24\": may"
                        + " specify no more than one range for each IP family",
                "fd00:10:244:0:1::/80+10.244.1.0/24|spec.cidrs[1]: Invalid value:"
                        + " \"10.244.1.0/24\": IPv4 must come before IPv6",
            })
    void keepsBlocksApart(String ranges, String outcome) {
        IpBlock taken = block("taken", "n1", 1, "10.244.0.0/24");

        Judgement<IpBlock> judgement =
                IpBlockAdmission.admit(
                        Optional.empty(),
                        block("new", "n2", 1, ranges.split("\\+")),
                        PODS,
                        List.of(taken));

        assertThat(errors(judgement)).isEqualTo(outcome);
    }

    @Test
    void countsHowOftenABlockMoved() {
        IpBlock old = block("a", "n1", 1, "10.244.0.0/24");

        assertThat(change(old, block("a", "n1", 1, "10.244.0.0/24"))).isEqualTo("accepted");
        assertThat(change(old, block("a", "n2", 2, "10.244.0.0/24"))).isEqualTo("accepted");
        assertThat(change(old, block("a", "n2", 1, "10.244.0.0/24")))
                .startsWith("spec.epoch: Invalid value: 1: must grow");
        assertThat(change(old, block("a", "n1", 0, "10.244.0.0/24")))
                .startsWith("spec.epoch: Invalid value: 0: must grow");
        assertThat(change(old, block("a", "n1", 1, "10.244.1.0/24")))
                .isEqualTo("spec.cidrs: Invalid value: [\"10.244.1.0/24\"]: field is immutable");
    }

    private static String change(IpBlock old, IpBlock now) {
        return errors(IpBlockAdmission.admit(Optional.of(old), now, PODS, List.of(old)));
    }

    private static IpBlock block(String name, String node, long epoch, String... ranges) {
        return IpBlock.newBuilder()
                .setMetadata(ObjectMeta.newBuilder().setName(name))
                .setSpec(
                        IpBlockSpec.newBuilder()
                                .setNodeName(node)
                                .setEpoch(epoch)
                                .addAllCidrs(List.of(ranges)))
                .build();
    }

    private static NodeAddress address(String type, String address) {
        return NodeAddress.newBuilder().setType(type).setAddress(address).build();
    }

    private static Namespace namespace(String name, String label) {
        return Namespace.newBuilder()
                .setMetadata(
                        ObjectMeta.newBuilder()
                                .setName(name)
                                .putLabels("kubernetes.io/metadata.name", label))
                .build();
    }

    private static <T extends Message> T accepted(Judgement<T> judgement) {
        return switch (judgement) {
            case Judgement.Accepted<T>(var object) -> object;
            case Judgement.Refused<T>(var failure) -> throw new AssertionError(failure);
        };
    }

    private static <T extends Message> String errors(Judgement<T> judgement) {
        return switch (judgement) {
            case Judgement.Accepted<T> accepted -> "accepted";
            case Judgement.Refused<T>(var failure) ->
                    String.join(
                            " & ", failure.fields().stream().map(FieldError::toString).toList());
        };
    }
}
