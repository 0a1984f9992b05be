package dev.weir.agent.nft;

import dev.weir.agent.linux.NftCounter;
import dev.weir.agent.linux.NftData;
import dev.weir.agent.linux.NftTables;
import dev.weir.agent.spi.Traffic;
import dev.weir.model.Frontend;
import dev.weir.model.Frontend.Clients;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * How many connections came to each frontend. The kernel counts at the elements of the service
 * maps, which only the first packet of a connection meets; what an element has counted is kept here
 * when another one takes its place. Packets and bytes are from {@link Meters}. Owned by the plane's
 * thread.
 */
final class Counts {
    private final NftTables tables;
    private final Meters meters;
    private final Map<Frontend, Traffic> former = new HashMap<>();

    Counts(NftTables tables, Meters meters) {
        this.tables = tables;
        this.meters = meters;
    }

    /** What was counted until now, to be asked before the change is made. */
    Traffic before(ServiceChange change) throws IOException {
        Frontend frontend = change.frontend();
        if (!change.replacesEntry()) {
            return former(frontend);
        }
        String map = ServiceElements.services(frontend);
        long count = tables.packets(Layout.TABLE, map, ServiceElements.key(frontend));
        return plus(frontend, count, change.from().orElseThrow());
    }

    /** The change was made: an element that was replaced begins at 0. */
    void done(ServiceChange change, Traffic before) {
        if (change.to().isEmpty()) {
            former.remove(change.frontend());
        } else if (change.replacesEntry()) {
            former.put(change.frontend(), before);
        }
    }

    private Traffic former(Frontend frontend) {
        return former.getOrDefault(frontend, new Traffic(frontend, 0, 0));
    }

    List<Traffic> read(ServiceTable services) throws IOException {
        Map<ElementKey, NftCounter> metered = meters.read();
        List<Traffic> traffic = new ArrayList<>();
        for (Clients clients : Clients.values()) {
            for (boolean v6 : List.of(false, true)) {
                String map = ServiceElements.services(clients) + Layout.family(v6);
                for (Map.Entry<NftData, NftCounter> count :
                        tables.counters(Layout.TABLE, map).entrySet()) {
                    ElementKey key = new ElementKey(map, count.getKey());
                    Frontend frontend = ServiceElements.frontend(key);
                    if (frontend != null) {
                        services.there(frontend)
                                .ifPresent(
                                        target ->
                                                traffic.add(
                                                        carried(
                                                                plus(
                                                                        frontend,
                                                                        count.getValue().packets(),
                                                                        target),
                                                                services,
                                                                metered)));
                    }
                }
            }
        }
        return traffic;
    }

    /** Of two frontends with one address, the packets are those of the one for anybody. */
    private static Traffic carried(
            Traffic traffic, ServiceTable services, Map<ElementKey, NftCounter> metered) {
        Frontend frontend = traffic.frontend();
        NftCounter counter = metered.get(Meters.key(frontend));
        boolean another =
                frontend.clients() != Clients.ANYBODY
                        && services.serves(frontend.of(Clients.ANYBODY));
        return counter == null || another
                ? traffic
                : new Traffic(
                        frontend,
                        traffic.connections(),
                        traffic.refused(),
                        counter.packets(),
                        counter.bytes());
    }

    private Traffic plus(Frontend frontend, long count, Target target) {
        Traffic before = former(frontend);
        return target.slots().isEmpty()
                ? new Traffic(frontend, before.connections(), before.refused() + count)
                : new Traffic(frontend, before.connections() + count, before.refused());
    }
}
