package dev.weir.lab;

import dev.weir.cli.CliError;
import dev.weir.core.v1.Container;
import dev.weir.core.v1.ContainerPort;
import dev.weir.core.v1.GrpcAction;
import dev.weir.core.v1.HttpGetAction;
import dev.weir.core.v1.IntOrString;
import dev.weir.core.v1.ObjectMeta;
import dev.weir.core.v1.Pod;
import dev.weir.core.v1.PodSpec;
import dev.weir.core.v1.Probe;
import dev.weir.core.v1.TcpSocketAction;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A pod as it was asked for.
 *
 * @param hostname empty for the pod's name
 * @param subdomain the headless Service that its name is to be found under; may be empty
 * @param probe {@code tcp:PORT}, {@code http:PORT/PATH} or {@code grpc:PORT/SERVICE}; may be empty
 */
record PodRequest(
        String namespace,
        String name,
        Map<String, String> labels,
        List<String> ports,
        String probe,
        String hostname,
        String subdomain,
        List<String> command) {

    /** Seconds between probes: people wait for pods of the lab. */
    private static final int PROBE_PERIOD = 1;

    PodRequest {
        labels = Map.copyOf(labels);
        ports = List.copyOf(ports);
        command = List.copyOf(command);
    }

    /** The same pod under another name. */
    PodRequest named(String other) {
        String host = hostname.isEmpty() && !subdomain.isEmpty() ? other : hostname;
        return new PodRequest(namespace, other, labels, ports, probe, host, subdomain, command);
    }

    /** What {@code hostname} says inside. */
    String shownHostname() {
        return hostname.isEmpty() ? name : hostname;
    }

    /** Throws CliError for ports or probes that cannot be read. */
    Pod toPod(String node) {
        Container.Builder container = Container.newBuilder().setName(name);
        ports.forEach(port -> container.addPorts(port(port)));
        if (!probe.isEmpty()) {
            container.setReadinessProbe(probe(probe));
        }
        return Pod.newBuilder()
                .setMetadata(
                        ObjectMeta.newBuilder()
                                .setNamespace(namespace)
                                .setName(name)
                                .putAllLabels(labels))
                .setSpec(
                        PodSpec.newBuilder()
                                .setNodeName(node)
                                .setHostname(hostname)
                                .setSubdomain(subdomain)
                                .addContainers(container))
                .build();
    }

    /** Reads {@code [NAME=]PORT[/PROTOCOL]}. */
    private static ContainerPort port(String text) {
        int equals = text.indexOf('=');
        int slash = text.indexOf('/');
        String number = text.substring(equals + 1, slash < 0 ? text.length() : slash);
        return ContainerPort.newBuilder()
                .setName(equals < 0 ? "" : text.substring(0, equals))
                .setContainerPort(portNumber(number, text))
                .setProtocol(slash < 0 ? "TCP" : text.substring(slash + 1))
                .build();
    }

    private static Probe probe(String text) {
        Probe.Builder probe = Probe.newBuilder().setPeriodSeconds(PROBE_PERIOD);
        if (text.startsWith("tcp:")) {
            int port = portNumber(text.substring("tcp:".length()), text);
            return probe.setTcpSocket(TcpSocketAction.newBuilder().setPort(number(port))).build();
        }
        if (text.startsWith("http:")) {
            String rest = text.substring("http:".length());
            int slash = rest.indexOf('/');
            String port = slash < 0 ? rest : rest.substring(0, slash);
            return probe.setHttpGet(
                            HttpGetAction.newBuilder()
                                    .setPort(number(portNumber(port, text)))
                                    .setPath(slash < 0 ? "/" : rest.substring(slash)))
                    .build();
        }
        if (text.startsWith("grpc:")) {
            String rest = text.substring("grpc:".length());
            int slash = rest.indexOf('/');
            String port = slash < 0 ? rest : rest.substring(0, slash);
            return probe.setGrpc(
                            GrpcAction.newBuilder()
                                    .setPort(portNumber(port, text))
                                    .setService(slash < 0 ? "" : rest.substring(slash + 1)))
                    .build();
        }
        throw new CliError(
                "invalid probe \""
                        + text
                        + "\": give tcp:PORT, http:PORT/PATH or grpc:PORT/SERVICE");
    }

    private static IntOrString number(int port) {
        return IntOrString.newBuilder().setIntVal(port).build();
    }

    private static int portNumber(String number, String text) {
        if (!number.matches("[1-9][0-9]{0,4}") || Integer.parseInt(number) > 65535) {
            throw new CliError("invalid port in \"" + text + "\": 1 to 65535");
        }
        return Integer.parseInt(number);
    }

    /** Reads {@code a=b,c=d}. Throws CliError. */
    static Map<String, String> labels(String text) {
        Map<String, String> labels = new LinkedHashMap<>();
        for (String pair : text.isEmpty() ? new String[0] : text.split(",", -1)) {
            int equals = pair.indexOf('=');
            if (equals <= 0) {
                throw new CliError("invalid label \"" + pair + "\": give KEY=VALUE,KEY=VALUE");
            }
            labels.put(pair.substring(0, equals), pair.substring(equals + 1));
        }
        return labels;
    }
}
