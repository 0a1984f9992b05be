package dev.weir.cli;

import dev.weir.core.v1.ObjectKey;
import dev.weir.model.Kinds;
import dev.weir.node.v1.KernelElement;
import dev.weir.node.v1.WhyEndpoint;
import dev.weir.node.v1.WhyParty;
import dev.weir.node.v1.WhyResponse;
import dev.weir.node.v1.WhyService;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What becomes of a connection, for people to read: the verdict first, then what led to it. */
final class WhyText {
    private final WhyResponse why;

    private WhyText(WhyResponse why) {
        this.why = why;
    }

    static String of(WhyResponse why) {
        WhyText text = new WhyText(why);
        return text.headline() + "\n\n" + text.sheet();
    }

    private String headline() {
        return source(why.getSource())
                + " -> "
                + hostPort(why.getDestination().getAsked(), why.getPort())
                + "/"
                + why.getProtocol()
                + ": "
                + verdict();
    }

    private String verdict() {
        return switch (why.getVerdict()) {
            case VERDICT_FORWARD -> forwarded(used());
            case VERDICT_DIRECT -> "goes to the destination itself";
            case VERDICT_REJECT -> "rejected";
            case VERDICT_DROP -> "dropped";
            case VERDICT_UNSPECIFIED, UNRECOGNIZED -> "answered by a later version of the agent";
        };
    }

    private List<WhyEndpoint> used() {
        return why.getService().getEndpointsList().stream().filter(WhyEndpoint::getUsed).toList();
    }

    private static String forwarded(List<WhyEndpoint> used) {
        return used.size() == 1
                ? "forwarded to "
                        + hostPort(used.getFirst().getAddress(), used.getFirst().getPort())
                : "forwarded to one of " + used.size() + " endpoints";
    }

    private String sheet() {
        Sheet sheet = new Sheet();
        sheet.add("Node", why.getNode());
        sheet.add("Reason", Columns.orNone(why.getReason()));
        sheet.add("Name", resolved(why.getDestination()));
        if (why.hasService()) {
            service(sheet, why.getService());
        }
        sheet.add("Masquerade", masquerade());
        sheet.table("Kernel", kernel(), elements());
        sheet.add("Revision", revision());
        return sheet.text();
    }

    /** What the words led to; of an address, who has it. */
    private static String resolved(WhyParty destination) {
        String address = Columns.orNone(destination.getAddress());
        boolean node = destination.getObject().getKind().equals(Kinds.NODE.name());
        String where = destination.getNode().isEmpty() || node ? "" : ", " + destination.getNode();
        if (!destination.getAsked().equals(destination.getAddress())) {
            return destination.getAsked() + " is " + address + where;
        }
        return destination.hasObject()
                ? address + " is " + kindAndName(destination.getObject()) + where
                : address + where;
    }

    private void service(Sheet sheet, WhyService service) {
        sheet.add("Service", name(service.getKey()) + ", by its " + service.getAddressKind());
        String port = service.getPortName().isEmpty() ? "<unset>" : service.getPortName();
        sheet.add("Port", port + "  " + why.getPort() + "/" + why.getProtocol());
        sheet.add("Policy", Columns.orNone(service.getScope()));
        List<List<String>> rows = new ArrayList<>();
        rows.add(List.of("ADDRESS", "NODE", "POD", "USED", "WHY"));
        for (WhyEndpoint endpoint : service.getEndpointsList()) {
            rows.add(
                    List.of(
                            hostPort(endpoint.getAddress(), endpoint.getPort()),
                            Columns.orNone(endpoint.getNode()),
                            endpoint.hasPod() ? name(endpoint.getPod()) : Columns.NONE,
                            endpoint.getUsed() ? "yes" : "no",
                            endpoint.getReason()));
        }
        sheet.table("Endpoints", "", rows);
    }

    private String masquerade() {
        String reason = why.getMasqueradeReason();
        String address = why.getMasqueradeAddress();
        return (why.getMasquerade() ? "yes" : "no")
                + (address.isEmpty() ? "" : ", as " + address)
                + (reason.isEmpty() ? "" : ", " + reason);
    }

    private String kernel() {
        int all = why.getElementsCount();
        long different =
                why.getElementsList().stream().filter(e -> !e.getDifference().isEmpty()).count();
        if (all == 0) {
            return why.hasService()
                    ? "not shown by what has programmed it"
                    : "nothing is programmed for it";
        }
        return different == 0
                ? "has what is programmed"
                : "DIFFERS from what is programmed, in " + different + " of " + all;
    }

    private List<List<String>> elements() {
        List<List<String>> rows = new ArrayList<>();
        rows.add(List.of("MAP", "KEY", "VALUE", "CHECK"));
        for (KernelElement element : why.getElementsList()) {
            String difference = element.getDifference();
            rows.add(
                    List.of(
                            element.getMap(),
                            element.getKey(),
                            Columns.orNone(element.getValue()),
                            difference.isEmpty() ? "ok" : "DIFFERS, there is " + difference));
        }
        return rows;
    }

    private String revision() {
        Map<String, Long> revisions = new TreeMap<>(why.getProgrammed().getRevisionsMap());
        return Columns.join(
                revisions.entrySet().stream().map(e -> e.getKey() + "=" + e.getValue()).toList());
    }

    private static String source(WhyParty source) {
        String name = source.hasObject() ? name(source.getObject()) : source.getAsked();
        String known =
                Stream.of(source.getAddress(), source.getNode())
                        .filter(word -> !word.isEmpty() && !word.equals(name))
                        .collect(Collectors.joining(", "));
        return known.isEmpty() ? name : name + " (" + known + ")";
    }

    private static String kindAndName(ObjectKey key) {
        return key.getKind() + " " + name(key);
    }

    private static String name(ObjectKey key) {
        return key.getNamespace().isEmpty()
                ? key.getName()
                : key.getNamespace() + "/" + key.getName();
    }

    static String hostPort(String host, int port) {
        return (host.indexOf(':') < 0 ? host : "[" + host + "]") + ":" + port;
    }
}
