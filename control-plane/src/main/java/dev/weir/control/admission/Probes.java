package dev.weir.control.admission;

import dev.weir.core.v1.Probe;
import dev.weir.model.check.FieldErrors;
import dev.weir.model.check.Names;
import dev.weir.model.check.Ports;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;

/** Readiness probes, with Kubernetes' defaults. */
final class Probes {
    private static final int PERIOD_SECONDS = 10;
    private static final int TIMEOUT_SECONDS = 1;
    private static final int SUCCESSES = 1;
    private static final int FAILURES = 3;

    private Probes() {}

    static void complete(Probe.Builder probe) {
        if (probe.getPeriodSeconds() == 0) {
            probe.setPeriodSeconds(PERIOD_SECONDS);
        }
        if (probe.getTimeoutSeconds() == 0) {
            probe.setTimeoutSeconds(TIMEOUT_SECONDS);
        }
        if (probe.getSuccessThreshold() == 0) {
            probe.setSuccessThreshold(SUCCESSES);
        }
        if (probe.getFailureThreshold() == 0) {
            probe.setFailureThreshold(FAILURES);
        }
        if (probe.hasHttpGet() && probe.getHttpGet().getPath().isEmpty()) {
            probe.getHttpGetBuilder().setPath("/");
        }
    }

    static void check(String path, Probe probe, FieldErrors errors) {
        handlers(path, probe, errors);
        notNegative(path + ".initialDelaySeconds", probe.getInitialDelaySeconds(), errors);
        notNegative(path + ".periodSeconds", probe.getPeriodSeconds(), errors);
        notNegative(path + ".timeoutSeconds", probe.getTimeoutSeconds(), errors);
        notNegative(path + ".successThreshold", probe.getSuccessThreshold(), errors);
        notNegative(path + ".failureThreshold", probe.getFailureThreshold(), errors);
    }

    /** Exactly one; the first is the one that is looked at. */
    private static void handlers(String path, Probe probe, FieldErrors errors) {
        Map<String, Consumer<String>> present = new LinkedHashMap<>();
        if (probe.hasHttpGet()) {
            present.put(
                    "httpGet",
                    at -> Ports.numberOrName(at + ".port", probe.getHttpGet().getPort(), errors));
        }
        if (probe.hasTcpSocket()) {
            present.put(
                    "tcpSocket",
                    at -> Ports.numberOrName(at + ".port", probe.getTcpSocket().getPort(), errors));
        }
        if (probe.hasGrpc()) {
            int port = probe.getGrpc().getPort();
            present.put("grpc", at -> errors.invalid(at + ".port", port, Names.portNumber(port)));
        }
        if (present.isEmpty()) {
            errors.required(path, "must specify a handler type");
        }
        boolean first = true;
        for (var handler : present.entrySet()) {
            String at = path + "." + handler.getKey();
            if (first) {
                handler.getValue().accept(at);
            } else {
                errors.forbidden(at, "may not specify more than 1 handler type");
            }
            first = false;
        }
    }

    private static void notNegative(String path, int value, FieldErrors errors) {
        if (value < 0) {
            errors.invalid(path, value, "must be greater than or equal to 0");
        }
    }
}
