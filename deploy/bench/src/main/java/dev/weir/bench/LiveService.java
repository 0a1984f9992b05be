package dev.weir.bench;

import dev.weir.model.IpAddress;
import dev.weir.model.Protocol;
import dev.weir.net.v1.EndpointSlice;
import dev.weir.net.v1.Service;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * A Service whose endpoints answer, and what its clients were promised: who is removed from it and
 * acknowledged as removed does not answer any more, until he is added again.
 */
final class LiveService {
    static final List<Protocol> PROTOCOLS = List.of(Protocol.TCP, Protocol.UDP);
    static final int PORT = 80;

    private static final IpAddress FIRST4 = IpAddress.of("10.96.0.128");
    private static final IpAddress FIRST6 = IpAddress.of("fd00:10:96::a000");
    private static final int FIRST_TARGET = 8100;

    private final int number;
    private final boolean v6;
    private final LivePods pods;

    private final Promises promises;

    // Guarded by this.
    private final TreeSet<Integer> members = new TreeSet<>();

    private boolean busy;

    /** All pods are its endpoints. Every other Service is IPv6. */
    LiveService(int number, LivePods pods) {
        this.number = number;
        this.v6 = number % 2 == 1;
        this.pods = pods;
        this.members.addAll(pods.numbers());
        this.promises = new Promises(pods.count());
    }

    /** Where pods listen for this many Services. */
    static List<Integer> targets(int count) {
        return IntStream.range(0, count).mapToObj(i -> FIRST_TARGET + i).toList();
    }

    String name() {
        return "live-" + number;
    }

    IpAddress address() {
        return (v6 ? FIRST6 : FIRST4).plus(number);
    }

    int target() {
        return FIRST_TARGET + number;
    }

    Service service() {
        return Manifest.service(name(), address(), PORT, PROTOCOLS);
    }

    synchronized EndpointSlice slice() {
        return Manifest.slice(name(), endpoints(), target(), PROTOCOLS);
    }

    synchronized List<IpAddress> endpoints() {
        return members.stream().map(pod -> pods.address(pod, v6)).toList();
    }

    /** A change that somebody makes: nobody else does until it is {@link #end}ed. */
    record Change(int pod, boolean removal) {}

    /** Begins one, by chance; null while another is under way. */
    synchronized @Nullable Change begin(Random random) {
        if (busy) {
            return null;
        }
        busy = true;
        List<Integer> out = new ArrayList<>(pods.numbers());
        out.removeAll(members);
        boolean removal = out.isEmpty() || members.size() > 1 && random.nextBoolean();
        List<Integer> from = removal ? List.copyOf(members) : out;
        int pod = from.get(random.nextInt(from.size()));
        if (removal) {
            members.remove(pod);
        } else {
            promises.added(pod);
            members.add(pod);
        }
        return new Change(pod, removal);
    }

    /** It is acknowledged as programmed. */
    synchronized void end(Change change) {
        if (change.removal()) {
            promises.removed(change.pod());
        }
        busy = false;
    }

    Promises promises() {
        return promises;
    }
}
