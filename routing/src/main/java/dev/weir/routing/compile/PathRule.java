package dev.weir.routing.compile;

import dev.weir.core.v1.ObjectMeta;
import dev.weir.routing.Conditions;
import dev.weir.routing.HostTable;
import dev.weir.routing.Rule;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * One match of an HTTPRoute, and what it leads to.
 *
 * @param exact the path is the whole one, else a prefix as in {@link HostTable#prefix}
 * @param route of the route
 * @param index of the rule in it; those of one rule are in order
 */
record PathRule(boolean exact, String path, Rule rule, ObjectMeta route, int index) {
    /**
     * Which of several for one path is asked first: one with a method, then more headers, more
     * parameters, the older route, the earlier rule (HTTPRouteRule.matches of Gateway API).
     */
    private static final Comparator<PathRule> PRECEDENCE =
            Comparator.comparing((PathRule rule) -> rule.conditions().method().isEmpty())
                    .thenComparing(rule -> -rule.conditions().headers().size())
                    .thenComparing(rule -> -rule.conditions().query().size())
                    .thenComparing(PathRule::route, Age.OLDEST)
                    .thenComparing(PathRule::index);

    private Conditions conditions() {
        return rule.conditions();
    }

    static HostTable table(List<PathRule> rules) {
        Map<String, List<PathRule>> exact = new HashMap<>();
        Map<String, List<PathRule>> prefix = new HashMap<>();
        for (PathRule rule : rules) {
            (rule.exact ? exact : prefix)
                    .computeIfAbsent(rule.path, absent -> new java.util.ArrayList<>())
                    .add(rule);
        }
        return new HostTable(inOrder(exact), inOrder(prefix));
    }

    private static Map<String, List<Rule>> inOrder(Map<String, List<PathRule>> byPath) {
        Map<String, List<Rule>> ordered = new HashMap<>();
        byPath.forEach(
                (path, rules) ->
                        ordered.put(
                                path,
                                rules.stream().sorted(PRECEDENCE).map(PathRule::rule).toList()));
        return ordered;
    }
}
