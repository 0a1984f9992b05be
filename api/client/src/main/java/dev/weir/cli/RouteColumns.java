package dev.weir.cli;

import com.google.protobuf.Message;
import dev.weir.core.v1.Condition;
import dev.weir.core.v1.Secret;
import dev.weir.route.v1.Gateway;
import dev.weir.route.v1.GatewayClass;
import dev.weir.route.v1.GatewayStatusAddress;
import dev.weir.route.v1.HttpRoute;
import dev.weir.route.v1.Ingress;
import dev.weir.route.v1.IngressClass;
import dev.weir.route.v1.IngressClassParameters;
import dev.weir.route.v1.IngressRule;
import java.util.List;
import java.util.stream.Collectors;

/** The columns of what routes HTTP, and of Secrets. */
final class RouteColumns {
    /** How many hosts a cell shows before it counts the rest. */
    private static final int SHOWN_HOSTS = 3;

    private RouteColumns() {}

    static List<String> header(Message prototype) {
        return switch (prototype) {
            case Ingress i -> List.of("NAME", "CLASS", "HOSTS", "ADDRESS", "PORTS", "AGE");
            case IngressClass c -> List.of("NAME", "CONTROLLER", "PARAMETERS", "AGE");
            case GatewayClass c -> List.of("NAME", "CONTROLLER", "ACCEPTED", "AGE");
            case Gateway g -> List.of("NAME", "CLASS", "ADDRESS", "PROGRAMMED", "AGE");
            case HttpRoute r -> List.of("NAME", "HOSTNAMES", "AGE");
            case Secret s -> List.of("NAME", "TYPE", "DATA", "AGE");
            default -> List.of("NAME", "AGE");
        };
    }

    static List<String> cells(Message object, String name, String age) {
        return switch (object) {
            case Ingress i ->
                    List.of(
                            name,
                            Columns.orNone(i.getSpec().getIngressClassName()),
                            hosts(i),
                            i.getStatus().getLoadBalancer().getIngressList().stream()
                                    .map(a -> a.getIp().isEmpty() ? a.getHostname() : a.getIp())
                                    .collect(Collectors.joining(",")),
                            i.getSpec().getTlsCount() > 0 ? "80, 443" : "80",
                            age);
            case IngressClass c ->
                    List.of(
                            name,
                            c.getSpec().getController(),
                            c.getSpec().hasParameters()
                                    ? parameters(c.getSpec().getParameters())
                                    : Columns.NONE,
                            age);
            case GatewayClass c ->
                    List.of(
                            name,
                            c.getSpec().getControllerName(),
                            status(c.getStatus().getConditionsList(), "Accepted"),
                            age);
            case Gateway g ->
                    List.of(
                            name,
                            g.getSpec().getGatewayClassName(),
                            g.getStatus().getAddressesList().stream()
                                    .findFirst()
                                    .map(GatewayStatusAddress::getValue)
                                    .orElse(""),
                            status(g.getStatus().getConditionsList(), "Programmed"),
                            age);
            case HttpRoute r ->
                    List.of(
                            name,
                            r.getSpec().getHostnamesList().stream()
                                    .map(host -> '"' + host + '"')
                                    .collect(Collectors.joining(",", "[", "]"))
                                    .replace("[]", ""),
                            age);
            case Secret s -> List.of(name, s.getType(), Integer.toString(s.getDataCount()), age);
            default -> List.of(name, age);
        };
    }

    private static String hosts(Ingress ingress) {
        List<String> hosts =
                ingress.getSpec().getRulesList().stream()
                        .map(IngressRule::getHost)
                        .filter(host -> !host.isEmpty())
                        .toList();
        if (hosts.isEmpty()) {
            return "*";
        }
        String shown = hosts.stream().limit(SHOWN_HOSTS).collect(Collectors.joining(","));
        return hosts.size() > SHOWN_HOSTS
                ? shown + " + " + (hosts.size() - SHOWN_HOSTS) + " more..."
                : shown;
    }

    private static String parameters(IngressClassParameters parameters) {
        return parameters.getKind()
                + (parameters.hasApiGroup() ? "." + parameters.getApiGroup() : "")
                + "/"
                + parameters.getName();
    }

    private static String status(List<Condition> conditions, String type) {
        return conditions.stream()
                .filter(condition -> condition.getType().equals(type))
                .findFirst()
                .map(Condition::getStatus)
                .orElse("");
    }
}
