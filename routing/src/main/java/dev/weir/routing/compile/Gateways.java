package dev.weir.routing.compile;

import dev.weir.changes.Image;
import dev.weir.model.Key;
import dev.weir.model.Kinds;
import dev.weir.route.v1.Gateway;
import dev.weir.route.v1.GatewaySpecAddress;
import dev.weir.routing.compile.Verdicts.Finding;
import dev.weir.routing.compile.Verdicts.OfGateway;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.ToIntFunction;

/** All Gateways of our classes, and which of their listeners stand in each other's way. */
final class Gateways {
    private final Map<Key, Judged> judged = new TreeMap<>();

    /** A Gateway of ours, with its listeners judged. */
    private record Judged(Finding accepted, List<Entrance> entrances) {}

    Gateways(Image control, Classes classes, Listeners listeners) {
        SharedPorts ports = new SharedPorts();
        control.all(Kinds.GATEWAY, Gateway.class)
                .filter(gateway -> classes.of(gateway).isPresent())
                .sorted(Comparator.comparing(Gateway::getMetadata, Age.OLDEST))
                .forEach(
                        gateway ->
                                judged.put(
                                        Kinds.GATEWAY.key(gateway.getMetadata()),
                                        judge(gateway, classes, listeners.of(gateway), ports)));
    }

    private static Judged judge(
            Gateway object, Classes classes, List<Entrance> listeners, SharedPorts ports) {
        Optional<Finding> refused = refused(object, classes);
        List<Entrance> entrances = new ArrayList<>();
        for (Entrance entrance : listeners) {
            Entrance now = settled(entrance, listeners);
            if (now.serves() && refused.isPresent()) {
                now = now.refused("Invalid", "The Gateway is not accepted.");
            }
            entrances.add(ports.take(now));
        }
        return new Judged(refused.orElseGet(() -> accepted(entrances)), entrances);
    }

    private static Optional<Finding> refused(Gateway object, Classes classes) {
        if (!classes.of(object).orElseThrow().accepted().holds()) {
            return Optional.of(Finding.no("InvalidParameters", "Its class is not accepted."));
        }
        return object.getSpec().getAddressesList().stream()
                .filter(GatewaySpecAddress::hasType)
                .map(GatewaySpecAddress::getType)
                .filter(type -> !type.equals("IPAddress") && !type.equals("Hostname"))
                .map(t -> Finding.no("UnsupportedAddress", "Address type " + t + " is not served."))
                .findFirst();
    }

    private static Finding accepted(List<Entrance> entrances) {
        long serving = entrances.stream().filter(Entrance::serves).count();
        if (serving == entrances.size() && serving > 0) {
            return Finding.yes("Accepted");
        }
        return new Finding(
                serving > 0,
                "ListenersNotValid",
                "%d of %d listeners are not accepted."
                        .formatted(entrances.size() - serving, entrances.size()));
    }

    /** As it stands among the others of its Gateway. */
    private static Entrance settled(Entrance entrance, List<Entrance> all) {
        for (Entrance other : all) {
            if (other.index() != entrance.index() && other.port() == entrance.port()) {
                Optional<String> reason = Conflicts.between(entrance, other);
                if (reason.isPresent()) {
                    return entrance.conflicting(
                            reason.get(),
                            "Listener %s stands in its way.".formatted(other.spec().getName()));
                }
            }
        }
        return entrance;
    }

    /** The listeners of a Gateway; empty if it is not ours. */
    Optional<List<Entrance>> entrances(Key gateway) {
        return Optional.ofNullable(judged.get(gateway)).map(Judged::entrances);
    }

    List<Entrance> all() {
        return judged.values().stream().flatMap(gateway -> gateway.entrances().stream()).toList();
    }

    /**
     * @param attached how many routes a listener has
     */
    TreeMap<Key, OfGateway> verdicts(ToIntFunction<Entrance> attached) {
        TreeMap<Key, OfGateway> verdicts = new TreeMap<>();
        judged.forEach(
                (key, gateway) ->
                        verdicts.put(
                                key,
                                new OfGateway(
                                        gateway.accepted(),
                                        gateway.entrances().stream()
                                                .map(e -> e.verdict(attached.applyAsInt(e)))
                                                .toList())));
        return verdicts;
    }
}
