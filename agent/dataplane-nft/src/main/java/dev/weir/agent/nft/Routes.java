package dev.weir.agent.nft;

import dev.weir.agent.linux.IpBatch;
import dev.weir.agent.linux.Rtnetlink;
import dev.weir.agent.spi.DesiredVsObserved;
import dev.weir.model.Cidr;
import dev.weir.model.IpAddress;
import dev.weir.model.Key;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Kernel routes to the pods of other nodes, by way of those nodes' addresses, which must be on a
 * common link. Ours are told by their protocol number. Owned by the plane's thread.
 */
final class Routes {
    /** Not one of those that iproute2 and routing daemons know. */
    static final int PROTOCOL = 157;

    private final DesiredVsObserved<Cidr, IpAddress> table = new DesiredVsObserved<>();

    void desire(Cidr block, IpAddress node) {
        table.desire(block, node);
    }

    void undesire(Cidr block) {
        table.undesire(block);
    }

    void found(Map<Cidr, IpAddress> routes) {
        table.observeAll(routes);
    }

    Map<Cidr, IpAddress> desired() {
        return table.desired();
    }

    /** True if the kernel has exactly the desired routes. */
    boolean untouched(Kernel kernel) throws IOException {
        return read(kernel.rtnetlink()).equals(table.desired());
    }

    static Map<Cidr, IpAddress> read(Rtnetlink rtnetlink) throws IOException {
        Map<Cidr, IpAddress> routes = new HashMap<>();
        for (Rtnetlink.Route route : rtnetlink.routes()) {
            if (route.protocol() == PROTOCOL
                    && route.destination() != null
                    && route.gateway() != null) {
                routes.put(
                        new Cidr(IpAddress.of(route.destination().getAddress()), route.prefix()),
                        IpAddress.of(route.gateway().getAddress()));
            }
        }
        return routes;
    }

    void program(Kernel kernel, Map<Key, String> problems) throws IOException {
        List<Runnable> done = new ArrayList<>();
        List<Cidr> blocks = new ArrayList<>();
        IpBatch batch = new IpBatch();
        String protocol = Integer.toString(PROTOCOL);
        table.missing()
                .forEach(
                        (block, node) -> {
                            String via = node.toString();
                            batch.add(
                                    "route",
                                    "replace",
                                    block.toString(),
                                    "via",
                                    via,
                                    "proto",
                                    protocol);
                            blocks.add(block);
                            done.add(() -> table.observe(block, node));
                        });
        for (Cidr block : table.stale().keySet()) {
            batch.add("route", "del", block.toString(), "proto", protocol);
            blocks.add(block);
            done.add(() -> table.unobserve(block));
        }
        for (IpBatch.Failure failure : kernel.run(batch)) {
            int line = failure.line();
            if (!failure.gone() || !failure.words().contains("del")) {
                Key key = new Key("IPBlock", "", blocks.get(line).toString());
                problems.put(
                        key, "ip " + String.join(" ", failure.words()) + ": " + failure.message());
                done.set(line, () -> {});
            }
        }
        done.forEach(Runnable::run);
    }
}
