package dev.weir.control.admission;

import dev.weir.core.v1.Node;
import dev.weir.core.v1.NodeAddress;
import dev.weir.model.FieldError;
import dev.weir.model.Judgement;
import dev.weir.model.Kinds;
import dev.weir.model.check.FieldErrors;
import dev.weir.model.check.Metadata;
import dev.weir.model.check.Names;
import dev.weir.model.check.Networks;
import java.util.Optional;

/**
 * Nodes: each carries its name as the label {@code kubernetes.io/hostname} unless it says
 * otherwise.
 */
public final class NodeAdmission {
    public static final String HOSTNAME_LABEL = "kubernetes.io/hostname";

    private NodeAdmission() {}

    /** An update without the hostname label keeps the one there was. */
    public static Judgement<Node> admit(Optional<Node> old, Node requested) {
        Node.Builder object = requested.toBuilder();
        String name = requested.getMetadata().getName();
        FieldErrors errors = new FieldErrors();
        Metadata.check(requested.getMetadata(), false, Names::dns1123Subdomain, errors);
        for (int i = 0; i < requested.getStatus().getAddressesCount(); i++) {
            check("status.addresses[" + i + "]", requested.getStatus().getAddresses(i), errors);
        }
        if (!requested.getMetadata().containsLabels(HOSTNAME_LABEL)) {
            object.getMetadataBuilder()
                    .putLabels(
                            HOSTNAME_LABEL,
                            old.map(Node::getMetadata)
                                    .map(before -> before.getLabelsOrDefault(HOSTNAME_LABEL, name))
                                    .orElse(name));
        }
        return Judgement.of(Kinds.NODE, name, object.build(), errors.list());
    }

    private static void check(String path, NodeAddress address, FieldErrors errors) {
        switch (address.getType()) {
            case "InternalIP", "ExternalIP" ->
                    Networks.address(path + ".address", address.getAddress(), errors);
            case "Hostname" -> {}
            default ->
                    errors.add(
                            FieldError.notSupported(
                                    path + ".type",
                                    address.getType(),
                                    "ExternalIP",
                                    "Hostname",
                                    "InternalIP"));
        }
    }
}
