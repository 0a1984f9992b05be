package dev.weir.routing;

import java.util.List;
import java.util.Optional;

/**
 * What a request must be besides its host and path. All must hold.
 *
 * @param headers names in lower case
 * @param query the first parameter of each name counts
 */
public record Conditions(Optional<String> method, List<Pair> headers, List<Pair> query) {
    public static final Conditions NONE = new Conditions(Optional.empty(), List.of(), List.of());

    /** A name, and the value that it must have. */
    public record Pair(String name, String value) {}

    public Conditions {
        headers = List.copyOf(headers);
        query = List.copyOf(query);
    }

    boolean hold(Request request) {
        return (method.isEmpty() || method.get().equals(request.method()))
                && headers.stream().allMatch(h -> h.value().equals(request.header(h.name())))
                && query.stream().allMatch(q -> q.value().equals(Query.first(request, q.name())));
    }
}
