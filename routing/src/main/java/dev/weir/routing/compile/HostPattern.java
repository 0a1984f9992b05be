package dev.weir.routing.compile;

import dev.weir.routing.Hosts;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * The host names that one line of an object stands for. Of two patterns either one covers the other
 * or they have no name in common.
 *
 * @param name in lower case; of a wildcard what follows the star, e.g. {@code .example.com}
 */
record HostPattern(Form form, String name) implements Comparable<HostPattern> {
    static final HostPattern ANY = new HostPattern(Form.ANY, "");

    /** The order in which the patterns that cover a name are asked, the longer name first. */
    private static final Comparator<HostPattern> ORDER =
            Comparator.comparing(HostPattern::form)
                    .thenComparing(pattern -> -pattern.name().length())
                    .thenComparing(HostPattern::name);

    enum Form {
        EXACT,
        /** One label in the place of the star, as Ingress has it. */
        ONE_LABEL,
        /** One label or more, as Gateway API has it. */
        WILDCARD,
        ANY
    }

    static HostPattern ofIngress(String host) {
        return of(host, Form.ONE_LABEL);
    }

    static HostPattern ofGateway(String host) {
        return of(host, Form.WILDCARD);
    }

    private static HostPattern of(String host, Form star) {
        String name = host.toLowerCase(Locale.ROOT);
        if (name.isEmpty()) {
            return ANY;
        }
        return name.startsWith("*.")
                ? new HostPattern(star, name.substring(1))
                : new HostPattern(Form.EXACT, name);
    }

    boolean covers(HostPattern other) {
        return switch (form) {
            case EXACT -> equals(other);
            case ONE_LABEL ->
                    equals(other)
                            || (other.form == Form.EXACT
                                    && other.name.indexOf('.') > 0
                                    && other.name.substring(other.name.indexOf('.')).equals(name));
            case WILDCARD ->
                    other.form != Form.ANY
                            && other.name.endsWith(name)
                            && (other.form != Form.EXACT || other.name.length() > name.length());
            case ANY -> true;
        };
    }

    /** The names that both stand for. */
    Optional<HostPattern> and(HostPattern other) {
        if (covers(other)) {
            return Optional.of(other);
        }
        return other.covers(this) ? Optional.of(this) : Optional.empty();
    }

    @Override
    public int compareTo(HostPattern other) {
        return ORDER.compare(this, other);
    }

    /** As an object spells it. */
    @Override
    public String toString() {
        return switch (form) {
            case EXACT -> name;
            case ONE_LABEL, WILDCARD -> "*" + name;
            case ANY -> "*";
        };
    }

    static <T> Hosts<T> hosts(Map<HostPattern, T> values) {
        Map<String, T> exact = new HashMap<>();
        Map<String, T> oneLabel = new HashMap<>();
        Map<String, T> wildcard = new HashMap<>();
        values.forEach(
                (pattern, value) -> {
                    switch (pattern.form) {
                        case EXACT -> exact.put(pattern.name, value);
                        case ONE_LABEL -> oneLabel.put(pattern.name, value);
                        case WILDCARD -> wildcard.put(pattern.name, value);
                        case ANY -> {}
                    }
                });
        return new Hosts<>(exact, oneLabel, wildcard, Optional.ofNullable(values.get(ANY)));
    }
}
