package dev.weir.model;

import java.util.List;

/**
 * The usable endpoints of one frontend, sorted and without repetition.
 *
 * @param service the Service that this belongs to, for reports
 * @param handling what happens to connections, also when there are no endpoints
 */
public record Backends(Key service, List<Backend> endpoints, Handling handling) {
    public Backends {
        endpoints = endpoints.stream().sorted().distinct().toList();
    }

    public Backends(Key service, List<Backend> endpoints) {
        this(service, endpoints, Handling.PLAIN);
    }

    /** The same, but endpoints see the node and not their clients. */
    public Backends masqueraded() {
        return new Backends(service, endpoints, handling.masquerading(true));
    }
}
