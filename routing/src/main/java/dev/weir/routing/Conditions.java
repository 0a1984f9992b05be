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

    /** Each request comes by here: no streams, and nothing that is made for it. */
    boolean hold(Request request) {
        if (method.isPresent() && !method.get().equals(request.method())) {
            return false;
        }
        for (Pair header : headers) {
            if (!header.value().equals(request.header(header.name()))) {
                return false;
            }
        }
        for (Pair parameter : query) {
            if (!parameter.value().equals(Query.first(request, parameter.name()))) {
                return false;
            }
        }
        return true;
    }
}
