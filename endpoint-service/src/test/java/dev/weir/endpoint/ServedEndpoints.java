package dev.weir.endpoint;

import com.google.protobuf.Message;
import dev.weir.changes.Image;
import dev.weir.core.v1.Namespace;
import dev.weir.core.v1.ObjectMeta;
import dev.weir.log.Shard;
import dev.weir.log.ShardConfig;
import dev.weir.log.SimulatedLog;
import dev.weir.log.Write;
import dev.weir.model.Key;
import dev.weir.model.Kinds;
import dev.weir.server.ShardDirectory;
import io.grpc.Channel;
import io.grpc.stub.AbstractStub;
import java.io.IOException;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * The whole service over gRPC, on logs in memory that outlast it. The test writes the control
 * shard.
 */
final class ServedEndpoints {
    private final Shard control;
    private final Shard own;
    private final EndpointService service;
    private final Wire wire;

    /** What stays when the service ends. */
    record Disks(SimulatedLog.Disk control, SimulatedLog.Disk own) {
        Disks() {
            this(new SimulatedLog.Disk("log-1"), new SimulatedLog.Disk("log-1"));
        }
    }

    /** With the namespaces default and shop. */
    ServedEndpoints(Disks disks, EndpointSettings settings) throws IOException {
        control = Shard.open("control", disks.control.open(), ShardConfig.of("test"));
        own = Shard.open("endpoint", disks.own.open(), ShardConfig.of("test"));
        service =
                new EndpointService(
                        own,
                        new ShardDirectory(List.of(control, own)),
                        settings,
                        Clock.systemUTC());
        put(namespace("default"));
        put(namespace("shop"));
        service.start();
        wire = new Wire(service.services());
    }

    void close() throws InterruptedException {
        wire.close();
        service.close();
        own.close();
        control.close();
    }

    static Namespace namespace(String name) {
        return Namespace.newBuilder().setMetadata(ObjectMeta.newBuilder().setName(name)).build();
    }

    long put(Namespace namespace) {
        return write(
                Map.of(
                        Kinds.NAMESPACE.key("", namespace.getMetadata().getName()),
                        Optional.of(namespace)));
    }

    /** Writes the control shard; the revision. */
    long write(Map<Key, Optional<Message>> changes) {
        return control.write(Write.of(pending -> new TreeMap<>(changes))).join().revision();
    }

    /** Of the service's own shard. */
    Image image() {
        return own.image();
    }

    <S extends AbstractStub<S>> S stub(Function<Channel, S> newStub) {
        return wire.stub(newStub);
    }
}
