package dev.weir.agent.nft;

import dev.weir.agent.linux.NftData;
import dev.weir.agent.linux.NftElement;
import dev.weir.agent.linux.NftValue;
import dev.weir.model.Frontend;
import dev.weir.model.Frontend.Clients;
import dev.weir.model.IpAddress;
import dev.weir.model.Protocol;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** How Services look as map elements, both ways. Pure. */
final class ServiceElements {
    private ServiceElements() {}

    static String services(Frontend frontend) {
        return services(frontend.clients()) + Layout.family(frontend.address().v6());
    }

    /** The map that leads these clients to balancers, without the family. */
    static String services(Clients clients) {
        return switch (clients) {
            case ANYBODY -> Layout.SERVICES;
            case OWN -> Layout.OWN_SERVICES;
        };
    }

    /** The map of limits that comes before {@link #services}. */
    static String sources(Frontend frontend) {
        String map =
                switch (frontend.clients()) {
                    case ANYBODY -> Layout.SOURCES;
                    case OWN -> Layout.OWN_SOURCES;
                };
        return map + Layout.family(frontend.address().v6());
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

    /** Leads to the endpoint that this mark chooses. */
    static ElementKey endpoint(Frontend frontend, int mark) {
        return marked(Layout.ENDPOINTS, frontend, mark);
    }

    /** Leads to the mark that names the endpoint in the slot of this mark. */
    static ElementKey id(Frontend frontend, int mark) {
        return marked(Layout.IDS, frontend, mark);
    }

    private static ElementKey marked(String map, Frontend frontend, int mark) {
        return new ElementKey(
                map + Layout.family(frontend.address().v6()),
                start(frontend).hostOrder(mark).build());
    }

    /** Leads to the balancer of this number. */
    static NftElement service(Frontend frontend, int code) {
        return NftElement.of(key(frontend), markValue(code));
    }

    static NftElement near(Frontend frontend, Endpoint endpoint, long millis) {
        return NftElement.of(key(frontend), target(endpoint)).expiringAfter(millis);
    }

    static NftValue target(Endpoint endpoint) {
        return NftValue.data(
                NftData.builder()
                        .address(endpoint.address().bytes())
                        .port(endpoint.port())
                        .build());
    }

    /** Null for a key that Weir would not write. */
    static @Nullable Frontend frontend(ElementKey element) {
        boolean v6 = element.set().endsWith(Layout.family(true));
        NftData key = element.data();
        ByteBuffer in = key.toBuffer();
        IpAddress address = address(in, v6);
        int number = in.get() & 0xff;
        in.position(in.position() + 3);
        int port = in.getShort() & 0xffff;
        for (Protocol protocol : Protocol.values()) {
            if (protocol.number() == number) {
                Clients clients = own(element) ? Clients.OWN : Clients.ANYBODY;
                return new Frontend(address, protocol, port, clients);
            }
        }
        return null;
    }

    private static boolean own(ElementKey element) {
        return switch (element.set().substring(0, element.set().length() - 1)) {
            case Layout.OWN_SERVICES, Layout.OWN_SOURCES -> true;
            case Layout.SERVICES, Layout.SOURCES, Layout.NEAR, Layout.TRAFFIC -> false;
            default -> (markOf(element.data()) & Marks.INSIDE) != 0;
        };
    }

    static NftValue markValue(int mark) {
        return NftValue.data(NftData.builder().hostOrder(mark).build());
    }

    /** The last part of the key of an endpoint or an id. */
    private static int markOf(NftData key) {
        ByteBuffer in = key.toBuffer().order(ByteOrder.nativeOrder());
        return in.getInt(key.length() - Integer.BYTES);
    }

    static int mark(NftData data) {
        return data.toBuffer().order(ByteOrder.nativeOrder()).getInt();
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
    static Optional<Balancer> balancer(NftValue service, BalancerCodes codes, boolean v6) {
        return service instanceof NftValue.Data data
                ? codes.chain(mark(data.data())).flatMap(chain -> Balancer.named(chain, v6))
                : Optional.empty();
    }
}
