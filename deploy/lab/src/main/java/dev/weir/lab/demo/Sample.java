package dev.weir.lab.demo;

import com.google.protobuf.Message;
import dev.weir.core.v1.IntOrString;
import dev.weir.core.v1.LabelSelector;
import dev.weir.core.v1.Namespace;
import dev.weir.core.v1.ObjectMeta;
import dev.weir.model.Kind;
import dev.weir.model.Kinds;
import dev.weir.net.v1.Service;
import dev.weir.net.v1.ServicePort;
import dev.weir.net.v1.ServiceSpec;
import dev.weir.policy.v1.NetworkPolicy;
import dev.weir.policy.v1.NetworkPolicySpec;

/** Objects that can be written by the hundred and disturb nothing, for each service one kind. */
enum Sample {
    NAMESPACE(Kinds.NAMESPACE),
    /** Selects no pods. */
    SERVICE(Kinds.SERVICE),
    /** Selects no pods. */
    NETWORK_POLICY(Kinds.NETWORK_POLICY);

    /** Of all that are in one. */
    static final String IN = "default";

    private static final String NOBODY = "weir.dev/nobody";

    private final Kind kind;

    Sample(Kind kind) {
        this.kind = kind;
    }

    Kind kind() {
        return kind;
    }

    /** Of an object of any of these kinds. */
    static String nameOf(Message object) {
        return switch (object) {
            case Namespace namespace -> namespace.getMetadata().getName();
            case Service service -> service.getMetadata().getName();
            case NetworkPolicy policy -> policy.getMetadata().getName();
            default -> throw new IllegalArgumentException("no sample: " + Kinds.of(object).name());
        };
    }

    Message named(String name) {
        ObjectMeta.Builder metadata = ObjectMeta.newBuilder().setName(name);
        return switch (this) {
            case NAMESPACE -> Namespace.newBuilder().setMetadata(metadata).build();
            case SERVICE ->
                    Service.newBuilder()
                            .setMetadata(metadata.setNamespace(IN))
                            .setSpec(
                                    ServiceSpec.newBuilder()
                                            .putSelector(NOBODY, "")
                                            .addPorts(
                                                    ServicePort.newBuilder()
                                                            .setPort(80)
                                                            .setTargetPort(
                                                                    IntOrString.newBuilder()
                                                                            .setIntVal(80))))
                            .build();
            case NETWORK_POLICY ->
                    NetworkPolicy.newBuilder()
                            .setMetadata(metadata.setNamespace(IN))
                            .setSpec(
                                    NetworkPolicySpec.newBuilder()
                                            .setPodSelector(
                                                    LabelSelector.newBuilder()
                                                            .putMatchLabels(NOBODY, "")))
                            .build();
        };
    }
}
