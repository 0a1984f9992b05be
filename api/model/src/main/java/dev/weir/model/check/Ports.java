package dev.weir.model.check;

import dev.weir.core.v1.IntOrString;
import dev.weir.model.FieldError;

/** Port fields of several kinds. */
public final class Ports {
    private Ports() {}

    /** Set, and one of the three that Kubernetes knows. */
    public static void protocol(String path, String protocol, FieldErrors errors) {
        switch (protocol) {
            case "TCP", "UDP", "SCTP" -> {}
            case "" -> errors.required(path, "");
            default -> errors.add(FieldError.notSupported(path, protocol, "SCTP", "TCP", "UDP"));
        }
    }

    /** A number from 1 to 65535, or the name of a container's port. */
    public static void numberOrName(String path, IntOrString port, FieldErrors errors) {
        switch (port.getValueCase()) {
            case INT_VAL, VALUE_NOT_SET ->
                    errors.invalid(path, port.getIntVal(), Names.portNumber(port.getIntVal()));
            case STR_VAL ->
                    errors.invalid(path, port.getStrVal(), Names.portName(port.getStrVal()));
        }
    }
}
