package dev.weir.endpoint.derive;

import static dev.weir.endpoint.derive.Sample.pod;
import static dev.weir.endpoint.derive.Sample.service;
import static dev.weir.endpoint.derive.Sample.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Message;
import dev.weir.core.v1.Pod;
import dev.weir.model.Key;
import dev.weir.net.v1.EndpointSlice;
import dev.weir.net.v1.Service;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** How endpoints spread over slices; the point is to write few of them. */
class PackingTest {
    private final Service service = service("web").build();

    private static List<Pod> pods(int from, int to, IntPredicate which) {
        return IntStream.range(from, to)
                .filter(which)
                .mapToObj(number -> pod("web", number).build())
                .toList();
    }

    private static List<Pod> pods(int from, int to) {
        return pods(from, to, number -> true);
    }

    private static Collection<EndpointSlice> apply(
            Collection<EndpointSlice> before, Map<Key, Optional<Message>> changes) {
        TreeMap<String, EndpointSlice> after = new TreeMap<>();
        before.forEach(slice -> after.put(slice.getMetadata().getName(), slice));
        changes.forEach(
                (key, change) ->
                        change.ifPresentOrElse(
                                slice -> after.put(key.name(), (EndpointSlice) slice),
                                () -> after.remove(key.name())));
        return after.values();
    }

    private static List<Integer> sizes(Collection<EndpointSlice> slices) {
        return slices.stream().map(EndpointSlice::getEndpointsCount).sorted().toList();
    }

    @Test
    void aHundredFitIntoOneSlice() {
        assertThat(sizes(slices(Sample.derive(service, pods(0, 100), List.of()))))
                .containsExactly(100);
        assertThat(sizes(slices(Sample.derive(service, pods(0, 101), List.of()))))
                .containsExactly(1, 100);
        assertThat(sizes(slices(Sample.derive(service, pods(0, 250), List.of()))))
                .containsExactly(50, 100, 100);
    }

    @Test
    void oneMoreEndpointWritesOneSlice() {
        Collection<EndpointSlice> before = slices(Sample.derive(service, pods(0, 250), List.of()));

        var changes = Sample.derive(service, pods(0, 251), before);

        assertThat(changes).hasSize(1);
        assertThat(sizes(apply(before, changes))).containsExactly(51, 100, 100);
    }

    @Test
    void oneEndpointLessWritesOneSliceAndMovesNone() {
        Collection<EndpointSlice> before = slices(Sample.derive(service, pods(0, 250), List.of()));

        var changes = Sample.derive(service, pods(0, 250, number -> number != 7), before);

        assertThat(changes).hasSize(1);
        assertThat(sizes(apply(before, changes))).containsExactly(50, 99, 100);
    }

    @Test
    void aReplacementGoesWhereItsPredecessorWas() {
        Collection<EndpointSlice> before = slices(Sample.derive(service, pods(0, 250), List.of()));

        var changes = Sample.derive(service, pods(0, 251, number -> number != 7), before);

        assertThat(changes).hasSize(1);
        assertThat(sizes(apply(before, changes))).containsExactly(50, 100, 100);
    }

    @Test
    void theRestGoesToTheFullestSliceThatHoldsAllOfIt() {
        List<EndpointSlice> before = new ArrayList<>();
        before.addAll(slices(Sample.derive(service, pods(0, 60), List.of())));
        EndpointSlice second =
                before.getFirst().toBuilder()
                        .clearEndpoints()
                        .addAllEndpoints(
                                slices(Sample.derive(service, pods(60, 150), List.of()))
                                        .iterator()
                                        .next()
                                        .getEndpointsList())
                        .build();
        second =
                second.toBuilder()
                        .setMetadata(second.getMetadata().toBuilder().setName("web-second"))
                        .build();
        before.add(second);

        var small = Sample.derive(service, pods(0, 155), before);
        var large = Sample.derive(service, pods(0, 165), before);

        assertThat(sizes(apply(before, small))).containsExactly(60, 95);
        assertThat(small).hasSize(1);
        assertThat(sizes(apply(before, large))).containsExactly(75, 90);
        assertThat(large).hasSize(1);
    }

    @Test
    void aSliceThatRunsEmptyGoesUnlessItIsTheLast() {
        Collection<EndpointSlice> before = slices(Sample.derive(service, pods(0, 150), List.of()));

        Collection<EndpointSlice> fewer =
                apply(before, Sample.derive(service, pods(0, 100), before));
        Collection<EndpointSlice> none = apply(fewer, Sample.derive(service, List.of(), fewer));

        assertThat(sizes(fewer)).containsExactly(100);
        assertThat(sizes(none)).containsExactly(0);
        assertThat(Sample.derive(service, List.of(), none)).isEmpty();
    }
}
