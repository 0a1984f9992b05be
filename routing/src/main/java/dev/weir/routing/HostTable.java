package dev.weir.routing;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The rules of one host. An exact path goes before a prefix, a longer prefix before a shorter one;
 * rules of one path are in order, and the first that matches is taken.
 *
 * @param exact rules by their whole path
 * @param prefix rules by their path without a slash at its end; the prefix {@code /} is empty. A
 *     prefix ends where a segment does: {@code /aaa} matches {@code /aaa/b}, not {@code /aaab}
 * @param next rules that are looked at when none of these matches: those of a wider host name
 */
public record HostTable(
        Map<String, List<Rule>> exact, Map<String, List<Rule>> prefix, Optional<HostTable> next) {
    public static final HostTable EMPTY = new HostTable(Map.of(), Map.of());

    public HostTable {
        exact = Map.copyOf(exact);
        prefix = Map.copyOf(prefix);
    }

    public HostTable(Map<String, List<Rule>> exact, Map<String, List<Rule>> prefix) {
        this(exact, prefix, Optional.empty());
    }

    /** With another one that is looked at after all of this. */
    public HostTable then(HostTable last) {
        return new HostTable(
                exact, prefix, Optional.of(next.map(table -> table.then(last)).orElse(last)));
    }

    /** The rule for a request; empty when none matches. */
    public Optional<Rule> find(Request request) {
        String path = request.path();
        Optional<Rule> found = first(exact.get(path), request);
        for (int end = path.length(); found.isEmpty() && end >= 0; ) {
            found = first(prefix.get(path.substring(0, end)), request);
            end = end == 0 ? -1 : Math.max(0, path.lastIndexOf('/', end - 1));
        }
        return found.isPresent() ? found : next.flatMap(table -> table.find(request));
    }

    private static Optional<Rule> first(
            @org.jspecify.annotations.Nullable List<Rule> rules, Request request) {
        if (rules != null) {
            for (Rule rule : rules) {
                if (rule.conditions().hold(request)) {
                    return Optional.of(rule);
                }
            }
        }
        return Optional.empty();
    }
}
