package dev.weir.dns;

import com.google.protobuf.FieldMask;
import dev.weir.core.v1.CreatePodRequest;
import dev.weir.core.v1.DeleteRequest;
import dev.weir.core.v1.GetRequest;
import dev.weir.core.v1.Pod;
import dev.weir.core.v1.PodsGrpc;
import dev.weir.core.v1.PodsGrpc.PodsBlockingStub;
import dev.weir.core.v1.UpdatePodRequest;
import dev.weir.model.IpAddress;
import io.grpc.Channel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;

/**
 * Has the control plane keep the Pod of the DNS service, where that is a process of its own. Tries
 * until it is done: the control plane may have no writer when the DNS service gets one.
 */
public final class PodRegistration implements AutoCloseable {
    private static final Logger LOG = Logger.getLogger(PodRegistration.class);

    /** Between two tries; each pause is twice as long as the one before. */
    private static final Duration FIRST_PAUSE = Duration.ofMillis(200);

    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(5);

    /** For one call; longer than a takeover of the control shard takes. */
    private static final Duration CALL = Duration.ofSeconds(20);

    private final Channel control;
    private final List<IpAddress> addresses;
    private final Clock clock;
    private final Thread thread = Thread.ofVirtual().name("dns-service-pod").unstarted(this::run);

    /**
     * @param control leads to the writer of the control shard; stays the caller's
     * @param addresses one per family; none: there is to be no such Pod
     */
    public PodRegistration(Channel control, List<IpAddress> addresses, Clock clock) {
        this.control = control;
        this.addresses = List.copyOf(addresses);
        this.clock = clock;
    }

    public void start() {
        thread.start();
    }

    private void run() {
        Duration pause = FIRST_PAUSE;
        try {
            while (!registered()) {
                Thread.sleep(pause);
                Duration twice = pause.multipliedBy(2);
                pause = twice.compareTo(LONGEST_PAUSE) < 0 ? twice : LONGEST_PAUSE;
            }
        } catch (InterruptedException closed) {
            Thread.currentThread().interrupt();
        }
    }

    private boolean registered() {
        try {
            register();
            return true;
        } catch (StatusRuntimeException e) {
            if (!Thread.currentThread().isInterrupted()) {
                LOG.warnf(
                        "The Pod of the DNS service has to wait: %s; trying again", e.getMessage());
            }
            return false;
        }
    }

    /** Idempotent. Throws StatusRuntimeException. */
    void register() {
        Optional<Pod> there = there();
        if (DnsServicePod.isAt(there, addresses)) {
            return;
        }
        if (addresses.isEmpty()) {
            var unused =
                    pods().delete(
                                    DeleteRequest.newBuilder()
                                            .setNamespace(DnsServicePod.KEY.namespace())
                                            .setName(DnsServicePod.KEY.name())
                                            .build());
            return;
        }
        Pod asked = DnsServicePod.asked(addresses, clock.instant());
        if (there.isEmpty()) {
            var unused = pods().create(CreatePodRequest.newBuilder().setObject(asked).build());
        } else {
            var unused =
                    pods().update(
                                    UpdatePodRequest.newBuilder()
                                            .setObject(asked)
                                            .setUpdateMask(
                                                    FieldMask.newBuilder().addPaths("status"))
                                            .build());
        }
    }

    private Optional<Pod> there() {
        try {
            return Optional.of(
                    pods().get(
                                    GetRequest.newBuilder()
                                            .setNamespace(DnsServicePod.KEY.namespace())
                                            .setName(DnsServicePod.KEY.name())
                                            .build())
                            .getObject());
        } catch (StatusRuntimeException e) {
            if (e.getStatus().getCode() == Status.Code.NOT_FOUND) {
                return Optional.empty();
            }
            throw e;
        }
    }

    private PodsBlockingStub pods() {
        return PodsGrpc.newBlockingStub(control)
                .withDeadlineAfter(CALL.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** Stops trying. What was registered stays. */
    @Override
    public void close() {
        thread.interrupt();
    }
}
