package dev.weir.bench;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.model.IpAddress;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The judges of the long runs: what they would let pass, nothing else notices. */
class PromisesTest {
    @Test
    void whoIsAcknowledgedAsRemovedMustNotAnswerUntilHeIsAddedAgain() {
        Promises promises = new Promises(2);
        long[] before = promises.made();
        promises.removed(1);
        long[] after = promises.made();

        assertThat(promises.broken(before, 1)).as("asked before").isFalse();
        assertThat(promises.broken(after, 1)).as("asked afterwards").isTrue();
        assertThat(promises.broken(after, 0)).as("another").isFalse();

        promises.added(1);
        assertThat(promises.broken(after, 1)).as("added meanwhile").isFalse();
        promises.removed(1);
        assertThat(promises.broken(after, 1)).as("added and removed meanwhile").isFalse();
        assertThat(promises.broken(promises.made(), 1)).isTrue();
    }

    @Test
    void whatTheKernelHasOtherwiseIsFound() {
        Readback.Place frontend = place("10.96.0.1", 6, 80);
        Readback.Place other = place("fd96::1", 17, 80);
        Set<Readback.Place> one = Set.of(place("10.1.0.1", 0, 8080));
        Set<Readback.Place> two = Set.of(place("10.1.0.1", 0, 8080), place("10.1.0.2", 0, 8080));

        assertThat(Readback.differences(Map.of(frontend, two), Map.of(frontend, two))).isEmpty();
        assertThat(Readback.differences(Map.of(frontend, two), Map.of(frontend, one))).hasSize(1);
        assertThat(Readback.differences(Map.of(frontend, two), Map.of())).hasSize(1);
        assertThat(Readback.differences(Map.of(frontend, two), Map.of(frontend, two, other, one)))
                .hasSize(1);
    }

    private static Readback.Place place(String address, int protocol, int port) {
        return new Readback.Place(IpAddress.of(address), protocol, port);
    }
}
