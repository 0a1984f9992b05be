package dev.weir.agent.l2;

import dev.weir.agent.linux.NetworkNamespace;
import dev.weir.agent.spi.DataPlane;
import dev.weir.agent.spi.Drift;
import dev.weir.agent.spi.NodeDelta;
import dev.weir.agent.spi.NodeImage;
import dev.weir.agent.spi.NodeSettings;
import dev.weir.agent.spi.Outcome;
import dev.weir.changes.Delta;
import dev.weir.model.IpAddress;
import dev.weir.model.Key;
import dev.weir.model.Kinds;
import dev.weir.model.Shards;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Announces the addresses of load balancers. Leaves nothing in the kernel: who answers is decided
 * by the nodes that are heard, and while this one is closed another answers.
 */
final class L2DataPlane implements DataPlane {
    private final String node;
    private final List<Announcer> announcers;
    private NodeImage image = NodeImage.EMPTY;
    private Outcome told = Outcome.DONE;

    /** An address that this node shall announce was not when the wait for it was over. */
    private boolean late;

    L2DataPlane(NodeSettings settings, NetworkNamespace namespace) {
        this.node = settings.nodeName();
        Timing timing = Timing.of(settings.heartbeats());
        this.announcers =
                settings.addresses().stream()
                        .map(address -> Announcer.start(namespace, node, address, timing))
                        .toList();
    }

    @Override
    public String name() {
        return L2DataPlaneProvider.NAME;
    }

    @Override
    public Set<String> shards() {
        return Set.of(Shards.CONTROL, Shards.ENDPOINT);
    }

    @Override
    public Outcome apply(NodeImage next, NodeDelta delta) {
        boolean moved = next.announcements() != image.announcements() || namesNodes(delta);
        image = next;
        if (moved) {
            announcers.forEach(
                    announcer -> announcer.want(Announcements.of(next, announcer.address().v6())));
        }
        if (moved || late) {
            awaitSaid();
        }
        return repair();
    }

    /** So that who waits for the change finds the address on the link. */
    private void awaitSaid() {
        late = false;
        try {
            for (Announcer announcer : announcers) {
                late |= !announcer.awaitSaid();
            }
        } catch (InterruptedException closing) {
            Thread.currentThread().interrupt();
        }
    }

    private static boolean namesNodes(NodeDelta delta) {
        Delta control = delta.shards().get(Shards.CONTROL);
        return control != null
                && control.changes().keySet().stream()
                        .anyMatch(key -> key.kind().equals(Kinds.NODE.name()));
    }

    /** Nobody else can change what is announced; but a link may have failed, or work again. */
    @Override
    public List<Drift> verify() {
        Outcome found = outcome();
        return found.equals(told)
                ? List.of()
                : List.of(
                        new Drift(
                                "links", told.problems().toString(), found.problems().toString()));
    }

    @Override
    public Outcome repair() {
        told = outcome();
        return told;
    }

    private Outcome outcome() {
        Map<IpAddress, String> failing = new HashMap<>();
        for (Announcer announcer : announcers) {
            if (late) {
                announcer.unsaid().forEach(address -> failing.put(address, "it was not said yet"));
            }
            String trouble = announcer.trouble();
            if (!trouble.isEmpty()) {
                image.announcements().entrySet().stream()
                        .filter(entry -> entry.getKey().v6() == announcer.address().v6())
                        .filter(entry -> entry.getValue().contains(node))
                        .forEach(entry -> failing.put(entry.getKey(), trouble));
            }
        }
        return failing.isEmpty() ? Outcome.DONE : new Outcome(problems(failing));
    }

    private Map<Key, String> problems(Map<IpAddress, String> failing) {
        Map<Key, String> problems = new HashMap<>();
        image.services()
                .forEach(
                        (frontend, backends) -> {
                            IpAddress address = frontend.address();
                            if (failing.containsKey(address)) {
                                problems.put(
                                        backends.service(),
                                        address
                                                + " cannot be announced from "
                                                + node
                                                + ": "
                                                + failing.get(address));
                            }
                        });
        return problems;
    }

    @Override
    public void close() {
        announcers.forEach(Announcer::close);
    }
}
