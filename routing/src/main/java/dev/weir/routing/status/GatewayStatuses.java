package dev.weir.routing.status;

import dev.weir.changes.Stored;
import dev.weir.core.v1.Condition;
import dev.weir.net.v1.LoadBalancerIngress;
import dev.weir.route.v1.Gateway;
import dev.weir.route.v1.GatewayClass;
import dev.weir.route.v1.GatewayClassStatus;
import dev.weir.route.v1.GatewaySpecAddress;
import dev.weir.route.v1.GatewayStatus;
import dev.weir.route.v1.GatewayStatusAddress;
import dev.weir.route.v1.ListenerStatus;
import dev.weir.routing.compile.Verdicts.Finding;
import dev.weir.routing.compile.Verdicts.OfClass;
import dev.weir.routing.compile.Verdicts.OfGateway;
import dev.weir.routing.compile.Verdicts.OfListener;
import java.util.List;
import java.util.Set;

/** The statuses of Gateways and of their classes. */
final class GatewayStatuses {
    private static final Set<String> OURS =
            Set.of(Saying.ACCEPTED, Saying.PROGRAMMED, Saying.RESOLVED_REFS, Saying.CONFLICTED);
    private static final Finding INVALID =
            Finding.no("Invalid", "There is nothing that a proxy could carry.");

    private GatewayStatuses() {}

    static GatewayClassStatus of(GatewayClass object, OfClass verdict, Programming programming) {
        Saying saying =
                new Saying(
                        object.getStatus().getConditionsList(),
                        object.getMetadata().getGeneration(),
                        programming.now());
        saying.say(Saying.ACCEPTED, verdict.accepted());
        return object.getStatus().toBuilder()
                .clearConditions()
                .addAllConditions(saying.conditions(Set.of(Saying.ACCEPTED)))
                .build();
    }

    static GatewayStatus of(Stored stored, OfGateway verdict, Programming programming) {
        Gateway object = (Gateway) stored.value();
        GatewayStatus before = object.getStatus();
        long generation = object.getMetadata().getGeneration();
        Saying saying = new Saying(before.getConditionsList(), generation, programming.now());
        saying.say(Saying.ACCEPTED, verdict.accepted())
                .say(Saying.PROGRAMMED, programmed(stored, verdict, saying, programming));
        GatewayStatus.Builder status =
                GatewayStatus.newBuilder().addAllConditions(saying.conditions(OURS));
        if (verdict.accepted().holds()) {
            programming.addresses().forEach(address -> status.addAddresses(shown(address)));
        }
        for (OfListener listener : verdict.listeners()) {
            List<Condition> said =
                    before.getListenersList().stream()
                            .filter(old -> old.getName().equals(listener.name()))
                            .findFirst()
                            .map(ListenerStatus::getConditionsList)
                            .orElse(List.of());
            status.addListeners(
                    listener(
                            listener,
                            new Saying(said, generation, programming.now()),
                            stored.revision(),
                            programming));
        }
        return status.build();
    }

    private static Finding programmed(
            Stored stored, OfGateway verdict, Saying saying, Programming programming) {
        if (!verdict.programmable()) {
            return INVALID;
        }
        List<String> there =
                programming.addresses().stream().map(address -> shown(address).getValue()).toList();
        boolean usable =
                ((Gateway) stored.value())
                        .getSpec().getAddressesList().stream()
                                .map(GatewaySpecAddress::getValue)
                                .allMatch(value -> value.isEmpty() || there.contains(value));
        return usable
                ? programming.reachable(stored.revision(), saying)
                : Finding.no("AddressNotUsable", "The proxies have other addresses.");
    }

    private static ListenerStatus listener(
            OfListener verdict, Saying saying, long revision, Programming programming) {
        saying.say(Saying.ACCEPTED, verdict.accepted())
                .say(
                        Saying.PROGRAMMED,
                        verdict.programmable() ? programming.of(revision, saying) : INVALID)
                .say(Saying.RESOLVED_REFS, verdict.resolvedRefs())
                .say(Saying.CONFLICTED, verdict.conflicted());
        return ListenerStatus.newBuilder()
                .setName(verdict.name())
                .addAllSupportedKinds(verdict.kinds())
                .setAttachedRoutes(verdict.attachedRoutes())
                .addAllConditions(saying.conditions(OURS))
                .build();
    }

    private static GatewayStatusAddress shown(LoadBalancerIngress address) {
        boolean ip = !address.getIp().isEmpty();
        return GatewayStatusAddress.newBuilder()
                .setType(ip ? "IPAddress" : "Hostname")
                .setValue(ip ? address.getIp() : address.getHostname())
                .build();
    }
}
