package dev.weir.agent.l7.proxy;

import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Counts requests of one kind. Owned by one thread. */
final class Tally {
    private static final long[] BOUNDS =
            Traffic.BOUNDS_MILLIS.stream().mapToLong(TimeUnit.MILLISECONDS::toNanos).toArray();

    private final long[] statuses = new long[6];
    private final long[] latencies = new long[BOUNDS.length + 1];
    private long nanos;
    private long bytesIn;
    private long bytesOut;

    void add(int status, long took, long in, long out) {
        statuses[status < 100 || status > 599 ? 0 : status / 100]++;
        int bucket = 0;
        while (bucket < BOUNDS.length && took > BOUNDS[bucket]) {
            bucket++;
        }
        latencies[bucket]++;
        nanos += took;
        bytesIn += in;
        bytesOut += out;
    }

    /** Adds what another one counted; nobody else may use it meanwhile. */
    void add(Tally other) {
        Arrays.setAll(statuses, i -> statuses[i] + other.statuses[i]);
        Arrays.setAll(latencies, i -> latencies[i] + other.latencies[i]);
        nanos += other.nanos;
        bytesIn += other.bytesIn;
        bytesOut += other.bytesOut;
    }

    Traffic traffic() {
        return new Traffic(
                list(statuses),
                list(latencies),
                TimeUnit.NANOSECONDS.toMicros(nanos),
                bytesIn,
                bytesOut);
    }

    private static List<Long> list(long[] values) {
        return Arrays.stream(values).boxed().toList();
    }
}
