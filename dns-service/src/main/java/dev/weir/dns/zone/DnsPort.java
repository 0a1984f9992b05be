package dev.weir.dns.zone;

import dev.weir.model.Protocol;

/**
 * A port as SRV records show it.
 *
 * @param name empty for an unnamed port, which has no {@code _name._protocol} of its own
 * @param port 1 to 65535
 */
public record DnsPort(String name, Protocol protocol, int port) {
    public DnsPort {
        if (!name.isEmpty()) {
            Label.check(name);
        }
        if (port < 1 || port > 65_535) {
            throw new IllegalArgumentException("port must be 1 to 65535: " + port);
        }
    }
}
