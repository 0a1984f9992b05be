package dev.weir.control.admission;

import dev.weir.core.v1.Node;
import dev.weir.core.v1.NodeAddress;
import dev.weir.model.FieldError;
import dev.weir.model.Judgement;
import dev.weir.model.Kinds;
import dev.weir.model.Quantity;
import dev.weir.model.check.FieldErrors;
import dev.weir.model.check.Metadata;
import dev.weir.model.check.Names;
import dev.weir.model.check.Networks;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

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
        quantities("status.capacity", requested.getStatus().getCapacityMap(), errors);
        quantities("status.allocatable", requested.getStatus().getAllocatableMap(), errors);
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

    private static void quantities(String path, Map<String, String> resources, FieldErrors errors) {
        new TreeMap<>(resources)
                .forEach(
                        (resource, text) -> {
                            String at = path + "[" + resource + "]";
                            Optional<Quantity> quantity = Quantity.parse(text);
                            if (quantity.isEmpty()) {
                                errors.invalid(at, text, "must be a quantity, (e.g. 4, or 3920m)");
                            } else if (quantity.get().value().signum() < 0) {
                                errors.invalid(at, text, "must be greater than or equal to 0");
                            }
                        });
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
