package dev.weir.model;

import java.util.List;

/**
 * The usable endpoints of one frontend, sorted and without repetition; none means that connections
 * are refused.
 *
 * @param service the Service that this belongs to, for reports
 */
public record Backends(Key service, List<Backend> endpoints) {
    public Backends {
        endpoints = endpoints.stream().sorted().distinct().toList();
    }
}
