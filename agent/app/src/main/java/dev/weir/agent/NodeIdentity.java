package dev.weir.agent;

import dev.weir.model.IpAddress;
import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Who this node is.
 *
 * @param addresses one per family, IPv4 first
 */
record NodeIdentity(String name, List<IpAddress> addresses) {
    private static final Path HOST_NAME = Path.of("/proc/sys/kernel/hostname");

    /**
     * Reserved for documentation, so never a host's own: asking for the way there sends nothing.
     */
    private static final List<String> FAR_AWAY = List.of("192.0.2.1", "2001:db8::1");

    /** What the settings say, else what the host says. IllegalArgumentException if neither does. */
    static NodeIdentity of(Optional<String> givenName, Optional<List<String>> givenAddresses)
            throws IOException {
        String name =
                givenName.isPresent()
                        ? givenName.get()
                        : Files.readString(HOST_NAME).strip().toLowerCase(Locale.ROOT);
        List<IpAddress> addresses =
                givenAddresses
                        .map(texts -> texts.stream().map(IpAddress::of))
                        .orElseGet(
                                () ->
                                        FAR_AWAY.stream()
                                                .flatMap(
                                                        far ->
                                                                sourceTowards(IpAddress.of(far))
                                                                        .stream()))
                        .sorted()
                        .toList();
        if (addresses.isEmpty()) {
            throw new IllegalArgumentException(
                    "no default route to tell the node's address by; say it with --node-ip");
        }
        return new NodeIdentity(name, addresses);
    }

    private static Optional<IpAddress> sourceTowards(IpAddress far) {
        try (DatagramSocket socket = new DatagramSocket()) {
            socket.connect(new InetSocketAddress(far.toInetAddress(), 53));
            return Stream.of(IpAddress.of(socket.getLocalAddress().getAddress()))
                    .filter(address -> address.v6() == far.v6())
                    .filter(address -> address.high() != 0 || address.low() != 0)
                    .findFirst();
        } catch (IOException | java.io.UncheckedIOException noRoute) {
            return Optional.empty();
        }
    }
}
