package dev.weir.agent.l7.proxy;

import dev.weir.model.Key;
import java.util.Map;

/**
 * What of a table is not served, and why.
 *
 * @param ports that cannot be listened on
 * @param secrets of certificates that are of no use
 */
public record Served(Map<Integer, String> ports, Map<Key, String> secrets) {
    public Served {
        ports = Map.copyOf(ports);
        secrets = Map.copyOf(secrets);
    }
}
