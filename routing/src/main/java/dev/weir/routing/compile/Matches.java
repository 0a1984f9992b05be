package dev.weir.routing.compile;

import dev.weir.route.v1.HttpPathMatch;
import dev.weir.route.v1.HttpRouteMatch;
import dev.weir.routing.Conditions;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** What a match of an HTTPRoute asks for. Regular expressions are not served. */
final class Matches {
    private static final String EXACT = "Exact";
    private static final String PREFIX = "PathPrefix";

    private Matches() {}

    /**
     * @param path of a prefix without a slash at its end
     */
    record Path(boolean exact, String path) {}

    static Path path(HttpPathMatch match, List<String> unserved) {
        String type = match.hasType() ? match.getType() : PREFIX;
        String value = match.hasValue() ? match.getValue() : "/";
        if (!type.equals(EXACT) && !type.equals(PREFIX)) {
            unserved.add("Path type " + type + " is not served.");
        }
        if (!value.startsWith("/")) {
            unserved.add("Path \"" + value + "\" does not begin with a slash.");
        }
        boolean exact = type.equals(EXACT);
        return new Path(exact, exact ? value : IngressHosts.withoutSlash(value));
    }

    /** Of two headers or parameters with one name the first counts. */
    static Conditions conditions(HttpRouteMatch match, List<String> unserved) {
        Map<String, String> headers = new LinkedHashMap<>();
        for (var header : match.getHeadersList()) {
            exact(header.hasType(), header.getType(), "Header", unserved);
            headers.putIfAbsent(header.getName().toLowerCase(Locale.ROOT), header.getValue());
        }
        Map<String, String> query = new LinkedHashMap<>();
        for (var parameter : match.getQueryParamsList()) {
            exact(parameter.hasType(), parameter.getType(), "Parameter", unserved);
            query.putIfAbsent(parameter.getName(), parameter.getValue());
        }
        return new Conditions(
                match.hasMethod() ? Optional.of(match.getMethod()) : Optional.empty(),
                pairs(headers),
                pairs(query));
    }

    private static void exact(boolean has, String type, String what, List<String> unserved) {
        if (has && !type.equals(EXACT)) {
            unserved.add(what + " match of type " + type + " is not served.");
        }
    }

    private static List<Conditions.Pair> pairs(Map<String, String> values) {
        return values.entrySet().stream()
                .map(entry -> new Conditions.Pair(entry.getKey(), entry.getValue()))
                .toList();
    }
}
