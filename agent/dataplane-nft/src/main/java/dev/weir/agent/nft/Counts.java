package dev.weir.agent.nft;

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
 * when another one takes its place. Owned by the plane's thread.
 */
final class Counts {
    private final NftTables tables;
    private final Map<Frontend, Traffic> former = new HashMap<>();

    Counts(NftTables tables) {
        this.tables = tables;
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
        List<Traffic> traffic = new ArrayList<>();
        for (Clients clients : Clients.values()) {
            for (boolean v6 : List.of(false, true)) {
                String map = ServiceElements.services(clients) + Layout.family(v6);
                for (Map.Entry<NftData, Long> count :
                        tables.packets(Layout.TABLE, map).entrySet()) {
                    ElementKey key = new ElementKey(map, count.getKey());
                    Frontend frontend = ServiceElements.frontend(key);
                    if (frontend != null) {
                        services.there(frontend)
                                .ifPresent(
                                        target ->
                                                traffic.add(
                                                        plus(frontend, count.getValue(), target)));
                    }
                }
            }
        }
        return traffic;
    }

    private Traffic plus(Frontend frontend, long count, Target target) {
        Traffic before = former(frontend);
        return target.slots().isEmpty()
                ? new Traffic(frontend, before.connections(), before.refused() + count)
                : new Traffic(frontend, before.connections() + count, before.refused());
    }
}
