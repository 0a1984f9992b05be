package dev.weir.endpoint.lease;

import com.google.protobuf.Message;
import dev.weir.changes.Frontier;
import dev.weir.changes.Image;
import dev.weir.changes.ShardReader.Next;
import dev.weir.changes.Step;
import dev.weir.endpoint.admission.LeaseTerm;
import dev.weir.log.Decision;
import dev.weir.log.Pending;
import dev.weir.log.Shard;
import dev.weir.log.Write;
import dev.weir.model.Failure;
import dev.weir.model.Failure.Reason;
import dev.weir.model.FailureException;
import dev.weir.model.Key;
import dev.weir.model.Kinds;
import dev.weir.net.v1.EndpointSlice;
import dev.weir.net.v1.LeasesGrpc;
import dev.weir.net.v1.RenewLeaseRequest;
import dev.weir.net.v1.RenewLeaseResponse;
import dev.weir.server.Calls;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.LongSupplier;
import org.jboss.logging.Logger;

/**
 * Deletes EndpointSlices whose lease is over, and takes renewals.
 *
 * <p>A term counts from the last write, the last renewal, or the start of this writer, whichever is
 * later: renewals are known here only, and never logged. Whether a slice goes is decided in its
 * turn among all writes, and so is whether it is there to be renewed: a renewal that is answered
 * well has kept the slice.
 */
public final class Leases extends LeasesGrpc.LeasesImplBase implements AutoCloseable {
    private static final Logger LOG = Logger.getLogger(Leases.class);

    /** How long to wait for changes when no lease is near its end. */
    private static final Duration IDLE = Duration.ofSeconds(10);

    /** Before the end of a lease that could not be written, or was not, is looked at again. */
    private static final Duration RETRY = Duration.ofSeconds(1);

    /** How many slices one write deletes. */
    private static final int MOST_AT_ONCE = 500;

    private final Shard shard;
    private final LongSupplier nanos;
    private final long start;
    private final Thread thread = Thread.ofVirtual().name("leases").unstarted(this::run);

    /** Of the slices that have been read. Put and removed by the thread, renewed by anybody. */
    private final ConcurrentMap<Key, Lease> leases = new ConcurrentHashMap<>();

    /** What has been read. Set by the thread. */
    private volatile Image image;

    /** Owned by the thread. */
    private final Timetable timetable = new Timetable();

    public Leases(Shard shard) {
        this(shard, System::nanoTime);
    }

    /**
     * @param nanos the time, of whatever origin, never backwards
     */
    Leases(Shard shard, LongSupplier nanos) {
        this.shard = shard;
        this.nanos = nanos;
        this.start = nanos.getAsLong();
        this.image = Image.empty(shard.shard());
    }

    public void start() {
        thread.start();
    }

    @Override
    public void renew(RenewLeaseRequest request, StreamObserver<RenewLeaseResponse> out) {
        Calls.unary(
                out,
                () -> {
                    Key key = Kinds.ENDPOINT_SLICE.key(request.getNamespace(), request.getName());
                    renewed(key);
                    Duration term = shard.write(new Renewal(key)).join().answer();
                    return RenewLeaseResponse.newBuilder()
                            .setRemaining(
                                    com.google.protobuf.Duration.newBuilder()
                                            .setSeconds(term.toSeconds()))
                            .build();
                });
    }

    /** Somebody cares for the slice. One that has not been read yet is new, and has its term. */
    public void renewed(Key slice) {
        leases.computeIfPresent(slice, (key, lease) -> lease.renewed(now()));
    }

    /** The revision up to which leases are known. */
    long read() {
        return image.revision();
    }

    private long now() {
        return nanos.getAsLong() - start;
    }

    private void run() {
        try {
            while (true) {
                Step step =
                        switch (shard.next(image.logId(), image.revision(), untilNext())) {
                            case Next.Changes(var delta) -> Step.of(image, delta);
                            case Next.Expired expired -> Step.between(image, shard.image());
                        };
                follow(step);
                image = step.to();
                List<Key> due = timetable.due(now(), MOST_AT_ONCE);
                if (!due.isEmpty()) {
                    end(due);
                }
            }
        } catch (InterruptedException closed) {
            Thread.currentThread().interrupt();
        } catch (FailureException gone) {
            LOG.debugf("No more leases end here: %s", gone.getMessage());
        }
    }

    private Duration untilNext() {
        long left = timetable.next().orElse(Long.MAX_VALUE) - now();
        return Duration.ofNanos(Math.clamp(left, 0, IDLE.toNanos()));
    }

    private void follow(Step step) {
        long now = now();
        step.keys(Kinds.ENDPOINT_SLICE)
                .forEach(
                        key -> {
                            Optional<Lease> lease = lease(step.to(), key, now);
                            if (lease.isPresent()) {
                                Lease merged = leases.merge(key, lease.get(), Lease::followedBy);
                                timetable.remind(key, merged.end());
                            } else {
                                leases.remove(key);
                                timetable.forget(key);
                            }
                        });
    }

    private static Optional<Lease> lease(Image image, Key key, long now) {
        return image.get(key)
                .flatMap(
                        stored ->
                                LeaseTerm.of((EndpointSlice) stored.value())
                                        .map(term -> new Lease(stored.revision(), term, now)));
    }

    /** Deletes those that are over by then; looks at the others again. */
    private void end(List<Key> due) {
        try {
            shard.write(Write.of(pending -> ended(due, pending))).join();
        } catch (CompletionException e) {
            LOG.warnf("Leases that are over stay for now: %s", e.getMessage());
        }
        long soonest = now() + RETRY.toNanos();
        for (Key key : due) {
            Lease lease = leases.get(key);
            if (lease != null) {
                timetable.remind(key, Math.max(lease.end(), soonest));
            }
        }
    }

    private SortedMap<Key, Optional<Message>> ended(List<Key> due, Pending pending) {
        long now = now();
        SortedMap<Key, Optional<Message>> removals = new TreeMap<>();
        for (Key key : due) {
            Optional.ofNullable(leases.get(key))
                    .filter(lease -> lease.over(now))
                    .filter(lease -> lease.isOf(pending.image().get(key)))
                    .ifPresent(lease -> removals.put(key, Optional.empty()));
        }
        return removals;
    }

    @Override
    public void close() {
        thread.interrupt();
    }

    /** Writes nothing; finds out whether the slice is still there to have been renewed. */
    private record Renewal(Key key) implements Write<Duration> {
        @Override
        public Decision<Duration> decide(Pending pending) {
            Optional<EndpointSlice> slice = pending.image().find(EndpointSlice.class, key);
            if (slice.isEmpty()) {
                return new Decision.Refuse<>(Failure.notFound(Kinds.ENDPOINT_SLICE, key.name()));
            }
            return LeaseTerm.of(slice.get())
                    .<Decision<Duration>>map(
                            term -> new Decision.Accept<>(new TreeMap<>(), Frontier.EMPTY, term))
                    .orElseGet(
                            () ->
                                    new Decision.Refuse<>(
                                            Failure.of(
                                                    Reason.BAD_REQUEST,
                                                    "endpointslices \""
                                                            + key.name()
                                                            + "\" has no lease: it has no"
                                                            + " annotation "
                                                            + LeaseTerm.ANNOTATION)));
        }

        @Override
        public Duration repeated(Image durable, long revision) {
            throw new IllegalStateException("a renewal carries no request id");
        }
    }
}
