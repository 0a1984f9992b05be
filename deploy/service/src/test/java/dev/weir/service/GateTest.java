package dev.weir.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.weir.dns.v1.NamesGrpc;
import dev.weir.dns.v1.ResolveRequest;
import dev.weir.dns.v1.ResolveResponse;
import io.grpc.ManagedChannel;
import io.grpc.Server;
import io.grpc.Status.Code;
import io.grpc.StatusRuntimeException;
import io.grpc.inprocess.InProcessChannelBuilder;
import io.grpc.inprocess.InProcessServerBuilder;
import io.grpc.stub.StreamObserver;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class GateTest {
    private final Gate gate = new Gate(NamesGrpc.getServiceDescriptor(), () -> "waiting for tea");
    private Server server;
    private ManagedChannel channel;

    @BeforeEach
    void serve() throws Exception {
        String name = InProcessServerBuilder.generateName();
        server = InProcessServerBuilder.forName(name).addService(gate).build().start();
        channel = InProcessChannelBuilder.forName(name).build();
    }

    @AfterEach
    void close() {
        channel.shutdownNow();
        server.shutdownNow();
    }

    private ResolveResponse resolve() {
        return NamesGrpc.newBlockingStub(channel).resolve(ResolveRequest.getDefaultInstance());
    }

    @Test
    void closedItRefusesWithWords() {
        StatusRuntimeException refused =
                catchThrowableOfType(StatusRuntimeException.class, this::resolve);

        assertThat(refused.getStatus().getCode()).isEqualTo(Code.UNAVAILABLE);
        assertThat(refused.getStatus().getDescription()).isEqualTo("waiting for tea");
    }

    @Test
    void openItLeadsToTheService() {
        ResolveResponse answer = ResolveResponse.newBuilder().setSerial(7).build();
        gate.open(
                new NamesGrpc.NamesImplBase() {
                    @Override
                    public void resolve(
                            ResolveRequest request, StreamObserver<ResolveResponse> out) {
                        out.onNext(answer);
                        out.onCompleted();
                    }
                });

        assertThat(resolve()).isEqualTo(answer);
    }
}
