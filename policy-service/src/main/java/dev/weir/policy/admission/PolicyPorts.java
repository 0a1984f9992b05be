package dev.weir.policy.admission;

import dev.weir.model.FieldError;
import dev.weir.model.check.FieldErrors;
import dev.weir.model.check.Names;
import dev.weir.policy.v1.NetworkPolicyPort;

/** The ports of a rule. A range needs numbers, since a name may mean another number on each pod. */
final class PolicyPorts {
    private PolicyPorts() {}

    static void check(String path, NetworkPolicyPort port, FieldErrors errors) {
        switch (port.getProtocol()) {
            case "TCP", "UDP", "SCTP" -> {}
            default ->
                    errors.add(
                            FieldError.notSupported(
                                    path + ".protocol", port.getProtocol(), "TCP", "UDP", "SCTP"));
        }
        switch (port.getPort().getValueCase()) {
            case INT_VAL -> numbers(path, port, port.getPort().getIntVal(), errors);
            case STR_VAL -> {
                noEnd(path, port, "may not be specified when `port` is non-numeric", errors);
                String name = port.getPort().getStrVal();
                errors.invalid(path + ".port", name, Names.portName(name));
            }
            case VALUE_NOT_SET ->
                    noEnd(path, port, "may not be specified when `port` is not specified", errors);
        }
    }

    private static void numbers(
            String path, NetworkPolicyPort port, int first, FieldErrors errors) {
        errors.invalid(path + ".port", first, Names.portNumber(first));
        if (port.hasEndPort()) {
            int last = port.getEndPort();
            if (last < first) {
                errors.invalid(path + ".endPort", last, "must be greater than or equal to `port`");
            }
            errors.invalid(path + ".endPort", last, Names.portNumber(last));
        }
    }

    private static void noEnd(
            String path, NetworkPolicyPort port, String message, FieldErrors errors) {
        if (port.hasEndPort()) {
            errors.invalid(path + ".endPort", port.getEndPort(), message);
        }
    }
}
