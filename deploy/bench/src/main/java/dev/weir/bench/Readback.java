package dev.weir.bench;

import dev.weir.agent.linux.NetworkNamespace;
import dev.weir.agent.linux.NftElement;
import dev.weir.agent.linux.NftTables;
import dev.weir.agent.linux.NftValue;
import dev.weir.model.IpAddress;
import dev.weir.model.Protocol;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** Endpoints as a kernel has them, by frontend, whatever the plane believes that it wrote. */
final class Readback {
    /** A key: address, protocol, port, slot. A value: address, port. Each in whole registers. */
    private static final int REGISTER = Integer.BYTES;

    private static final int MAX_DIFFERENCES = 20;

    private Readback() {}

    /**
     * An address and port.
     *
     * @param protocol its number; 0 for endpoints, which have that of their frontend
     */
    record Place(IpAddress address, int protocol, int port) {}

    static Place frontend(IpAddress address, Protocol protocol, int port) {
        return new Place(address, protocol.number(), port);
    }

    static Set<Place> backends(List<IpAddress> addresses, int port) {
        return addresses.stream()
                .map(address -> new Place(address, 0, port))
                .collect(Collectors.toSet());
    }

    /** Of both families, in the namespace of a node. */
    static Map<Place, Set<Place>> endpoints(Path namespace)
            throws IOException, InterruptedException {
        Map<Place, Set<Place>> found = new HashMap<>();
        try (NftTables tables = new NetworkNamespace(namespace).call(NftTables::open)) {
            add(found, tables.elements("weir", "eps4"), 4);
            add(found, tables.elements("weir", "eps6"), 16);
        }
        return found;
    }

    private static void add(
            Map<Place, Set<Place>> found, List<NftElement> elements, int addressBytes) {
        for (NftElement element : elements) {
            if (element.value() instanceof NftValue.Data value) {
                ByteBuffer key = element.key().toBuffer();
                Place frontend =
                        new Place(address(key, addressBytes), register(key) >> 8, register(key));
                ByteBuffer data = value.data().toBuffer();
                found.computeIfAbsent(frontend, _ -> new HashSet<>())
                        .add(new Place(address(data, addressBytes), 0, register(data)));
            }
        }
    }

    private static IpAddress address(ByteBuffer bytes, int length) {
        byte[] address = new byte[length];
        bytes.get(address);
        return IpAddress.of(address);
    }

    /** The number that a port is, in front of what fills its register. */
    private static int register(ByteBuffer bytes) {
        int number = bytes.getShort() & 0xffff;
        bytes.position(bytes.position() + REGISTER - Short.BYTES);
        return number;
    }

    /** What the kernel has otherwise than it should; the first few. */
    static List<String> differences(Map<Place, Set<Place>> wanted, Map<Place, Set<Place>> found) {
        Set<Place> all = new HashSet<>(wanted.keySet());
        all.addAll(found.keySet());
        return all.stream()
                .filter(
                        at ->
                                !wanted.getOrDefault(at, Set.of())
                                        .equals(found.getOrDefault(at, Set.of())))
                .limit(MAX_DIFFERENCES)
                .map(
                        at ->
                                at
                                        + ": should lead to "
                                        + wanted.get(at)
                                        + ", leads to "
                                        + found.get(at))
                .toList();
    }
}
