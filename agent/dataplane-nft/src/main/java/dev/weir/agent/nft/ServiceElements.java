package dev.weir.agent.nft;

import dev.weir.agent.linux.NftData;
import dev.weir.agent.linux.NftElement;
import dev.weir.agent.linux.NftValue;
import dev.weir.model.Frontend;
import dev.weir.model.IpAddress;
import dev.weir.model.Protocol;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** How Services look as map elements, both ways. Pure. */
final class ServiceElements {
    private static final int REGISTER = 4;

    private ServiceElements() {}

    static String services(Frontend frontend) {
        return Layout.SERVICES + Layout.family(frontend.address().v6());
    }

    static String endpoints(Frontend frontend) {
        return Layout.ENDPOINTS + Layout.family(frontend.address().v6());
    }

    static String near(Frontend frontend) {
        return Layout.NEAR + Layout.family(frontend.address().v6());
    }

    static NftData key(Frontend frontend) {
        return start(frontend).build();
    }

    private static NftData.Builder start(Frontend frontend) {
        return NftData.builder()
                .address(frontend.address().bytes())
                .protocol(frontend.protocol().number())
                .port(frontend.port());
    }

    static NftData slotKey(Frontend frontend, int slot) {
        return start(frontend).hostOrder(Marks.slot(slot)).build();
    }

    static NftElement service(Frontend frontend, Balancer balancer) {
        return NftElement.of(key(frontend), NftValue.goTo(balancer.name()));
    }

    static NftElement slot(Frontend frontend, int slot, Endpoint endpoint) {
        return NftElement.of(slotKey(frontend, slot), target(endpoint));
    }

    static NftElement near(Frontend frontend, Endpoint endpoint, long millis) {
        return NftElement.of(key(frontend), target(endpoint)).expiringAfter(millis);
    }

    private static NftValue target(Endpoint endpoint) {
        return NftValue.data(
                NftData.builder()
                        .address(endpoint.address().bytes())
                        .port(endpoint.port())
                        .build());
    }

    /** Null for a key that Weir would not write. */
    static @Nullable Frontend frontend(NftData key, boolean v6) {
        ByteBuffer in = key.toBuffer();
        IpAddress address = address(in, v6);
        int number = in.get() & 0xff;
        in.position(in.position() + 3);
        int port = in.getShort() & 0xffff;
        for (Protocol protocol : Protocol.values()) {
            if (protocol.number() == number) {
                return new Frontend(address, protocol, port);
            }
        }
        return null;
    }

    static int slotOf(NftData key) {
        ByteBuffer in = key.toBuffer().order(ByteOrder.nativeOrder());
        return Marks.slotOf(in.getInt(key.length() - REGISTER));
    }

    static Endpoint endpoint(NftData data, boolean v6) {
        ByteBuffer in = data.toBuffer();
        return new Endpoint(address(in, v6), in.getShort() & 0xffff);
    }

    private static IpAddress address(ByteBuffer in, boolean v6) {
        byte[] bytes = new byte[v6 ? 16 : 4];
        in.get(bytes);
        return IpAddress.of(bytes);
    }

    /** What the element leads to; empty for a foreign chain. */
    static Optional<Balancer> balancer(NftElement service, boolean v6) {
        return service.value() instanceof NftValue.Verdict verdict
                ? Balancer.named(verdict.chain(), v6)
                : Optional.empty();
    }
}
