package dev.weir.control.admission;

import dev.weir.core.v1.Probe;
import dev.weir.model.check.FieldErrors;
import dev.weir.model.check.Ports;

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
        if (probe.hasHttpGet() && probe.hasTcpSocket()) {
            errors.forbidden(path + ".tcpSocket", "may not specify more than 1 handler type");
        } else if (!probe.hasHttpGet() && !probe.hasTcpSocket()) {
            errors.required(path, "must specify a handler type");
        }
        if (probe.hasHttpGet()) {
            Ports.numberOrName(path + ".httpGet.port", probe.getHttpGet().getPort(), errors);
        }
        if (probe.hasTcpSocket()) {
            Ports.numberOrName(path + ".tcpSocket.port", probe.getTcpSocket().getPort(), errors);
        }
        notNegative(path + ".initialDelaySeconds", probe.getInitialDelaySeconds(), errors);
        notNegative(path + ".periodSeconds", probe.getPeriodSeconds(), errors);
        notNegative(path + ".timeoutSeconds", probe.getTimeoutSeconds(), errors);
        notNegative(path + ".successThreshold", probe.getSuccessThreshold(), errors);
        notNegative(path + ".failureThreshold", probe.getFailureThreshold(), errors);
    }

    private static void notNegative(String path, int value, FieldErrors errors) {
        if (value < 0) {
            errors.invalid(path, value, "must be greater than or equal to 0");
        }
    }
}
