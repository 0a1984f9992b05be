package dev.weir.bench;

import dev.weir.cli.Session;
import java.time.Duration;
import java.util.List;

/**
 * One run of a benchmark.
 *
 * @param sizes in the order in which they were asked for
 * @param families of the Services; long runs and those of a whole agent do not ask
 * @param rounds each measures everybody once, so that a machine that drifts hurts all alike
 * @param peerLimit peers that need more chains are left out: their cost grows with the square
 * @param duration of a long run
 * @param seed of everything that is chosen by chance
 */
record Run(
        Session session,
        Sheet sheet,
        List<Size> sizes,
        List<Family> families,
        int rounds,
        int peerLimit,
        Duration duration,
        long seed) {
    Run {
        sizes = List.copyOf(sizes);
        families = List.copyOf(families);
    }

    /** Each size in each family. */
    List<ServiceSet> sets() {
        return sizes.stream()
                .flatMap(size -> families.stream().map(family -> new ServiceSet(family, size)))
                .toList();
    }

    /** Tells who waits that something goes on. */
    void say(String what) {
        session.err().println("bench: " + what);
        session.err().flush();
    }
}
