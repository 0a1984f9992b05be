package dev.weir.bench;

import static org.assertj.core.api.Assertions.assertThat;

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
        String json =
                """
                {"nftables": [{"metainfo": {"version": "1.0.6"}}, {"map": {"family": "inet", "name": "eps4", "elem": [
                  [{"concat": ["10.96.0.1", "tcp", 80, 16777216]}, {"concat": ["10.1.0.1", 8080]}],
                  [{"concat": ["10.96.0.1", "tcp", 80, 16777217]}, {"concat": ["10.1.0.2", 8080]}],
                  [{"concat": ["10.96.0.2", "udp", 53, 16777216]}, {"concat": ["10.1.0.3", 53]}]]}}]}
                """;

        Map<String, Set<String>> found = Readback.endpoints(json);

        Map<String, Set<String>> right =
                Map.of(
                        "10.96.0.1 tcp 80", Set.of("10.1.0.1 8080", "10.1.0.2 8080"),
                        "10.96.0.2 udp 53", Set.of("10.1.0.3 53"));
        assertThat(Readback.differences(right, found)).isEmpty();
        assertThat(Readback.differences(Map.of(), found)).hasSize(2);
        assertThat(
                        Readback.differences(
                                Map.of(
                                        "10.96.0.1 tcp 80", Set.of("10.1.0.1 8080"),
                                        "10.96.0.2 udp 53", Set.of("10.1.0.3 53")),
                                found))
                .hasSize(1);
    }
}
