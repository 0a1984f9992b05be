package dev.weir.dns;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.core.v1.CreatePodRequest;
import dev.weir.core.v1.DeleteRequest;
import dev.weir.core.v1.DeleteResponse;
import dev.weir.core.v1.GetRequest;
import dev.weir.core.v1.Pod;
import dev.weir.core.v1.PodResponse;
import dev.weir.core.v1.PodsGrpc;
import dev.weir.core.v1.UpdatePodRequest;
import dev.weir.model.Failure;
import dev.weir.model.IpAddress;
import dev.weir.model.Kinds;
import dev.weir.server.Calls;
import io.grpc.ManagedChannel;
import io.grpc.Server;
import io.grpc.Status;
import io.grpc.inprocess.InProcessChannelBuilder;
import io.grpc.inprocess.InProcessServerBuilder;
import io.grpc.stub.StreamObserver;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class PodRegistrationTest {
    private static final List<IpAddress> BOTH =
            List.of(IpAddress.of("192.0.2.53"), IpAddress.of("2001:db8::53"));

    private final Pods pods = new Pods();
    private Server server;
    private ManagedChannel channel;

    /** One place for one pod, of a server that may have no writer for a while. */
    private static final class Pods extends PodsGrpc.PodsImplBase {
        final AtomicReference<Optional<Pod>> pod = new AtomicReference<>(Optional.empty());
        final List<String> writes = Collections.synchronizedList(new ArrayList<>());
        final AtomicInteger refusals = new AtomicInteger();

        @Override
        public void get(GetRequest request, StreamObserver<PodResponse> out) {
            Calls.unary(
                    out,
                    () -> {
                        if (refusals.getAndDecrement() > 0) {
                            throw Status.UNAVAILABLE.asRuntimeException();
                        }
                        return response(
                                pod.get()
                                        .orElseThrow(
                                                () ->
                                                        Failure.notFound(
                                                                        Kinds.POD,
                                                                        request.getName())
                                                                .asException()));
                    });
        }

        @Override
        public void create(CreatePodRequest request, StreamObserver<PodResponse> out) {
            writes.add("create");
            pod.set(Optional.of(request.getObject()));
            Calls.unary(out, () -> response(request.getObject()));
        }

        @Override
        public void update(UpdatePodRequest request, StreamObserver<PodResponse> out) {
            writes.add("update " + request.getUpdateMask().getPathsList());
            pod.set(Optional.of(request.getObject()));
            Calls.unary(out, () -> response(request.getObject()));
        }

        @Override
        public void delete(DeleteRequest request, StreamObserver<DeleteResponse> out) {
            writes.add("delete");
            pod.set(Optional.empty());
            Calls.unary(out, DeleteResponse::getDefaultInstance);
        }

        private static PodResponse response(Pod pod) {
            return PodResponse.newBuilder().setObject(pod).build();
        }
    }

    @BeforeEach
    void open() throws Exception {
        String name = InProcessServerBuilder.generateName();
        server = InProcessServerBuilder.forName(name).addService(pods).build().start();
        channel = InProcessChannelBuilder.forName(name).build();
    }

    @AfterEach
    void close() {
        channel.shutdownNow();
        server.shutdownNow();
    }

    private PodRegistration registration(List<IpAddress> addresses) {
        return new PodRegistration(channel, addresses, Clock.systemUTC());
    }

    private List<String> registered() {
        return pods.pod.get().stream()
                .flatMap(pod -> pod.getStatus().getPodIpsList().stream())
                .map(ip -> ip.getIp())
                .toList();
    }

    @Test
    void itIsMadeOnce() {
        registration(BOTH).register();
        registration(BOTH).register();

        assertThat(registered()).containsExactly("192.0.2.53", "2001:db8::53");
        assertThat(pods.writes).containsExactly("create");
    }

    @Test
    void itFollowsTheAddresses() {
        registration(BOTH).register();
        registration(List.of(IpAddress.of("192.0.2.54"))).register();
        registration(List.of()).register();
        registration(List.of()).register();

        assertThat(registered()).isEmpty();
        assertThat(pods.writes).containsExactly("create", "update [status]", "delete");
    }

    @Test
    void aControlPlaneWithoutAWriterIsAskedAgain() throws Exception {
        pods.refusals.set(2);

        try (PodRegistration registration = registration(BOTH)) {
            registration.start();
            long deadline = System.nanoTime() + SECONDS.toNanos(20);
            while (registered().isEmpty()) {
                assertThat(System.nanoTime()).as("time to register").isLessThan(deadline);
                Thread.sleep(5);
            }
        }

        assertThat(pods.writes).containsExactly("create");
    }
}
