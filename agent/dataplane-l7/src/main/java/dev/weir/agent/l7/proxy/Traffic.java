package dev.weir.agent.l7.proxy;

import java.util.List;

/**
 * The requests for one object or Service since the proxy started, or since the object came.
 *
 * @param statuses requests by the hundreds of their status: none (the client went before there was
 *     one), then 1xx to 5xx
 * @param latencies requests by how long they took: as many as took at most each of {@link
 *     #BOUNDS_MILLIS} and more than the one before, and at last those above all
 * @param micros that all took, from a request's head to its response's end
 * @param bytesIn of requests' bodies, as they came
 * @param bytesOut of responses with their heads
 */
public record Traffic(
        List<Long> statuses, List<Long> latencies, long micros, long bytesIn, long bytesOut) {
    public static final List<Integer> BOUNDS_MILLIS =
            List.of(1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000, 60_000);

    public Traffic {
        statuses = List.copyOf(statuses);
        latencies = List.copyOf(latencies);
    }

    public long requests() {
        return statuses.stream().mapToLong(Long::longValue).sum();
    }
}
