package dev.weir.routing.compile;

import dev.weir.model.Key;
import dev.weir.routing.Action;
import dev.weir.routing.Conditions;
import dev.weir.routing.HostTable;
import dev.weir.routing.Rule;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Who has what of each host, while Ingresses are taken in: the first one keeps it. */
final class IngressHosts {
    private final Map<HostPattern, Paths> hosts = new TreeMap<>();

    private static final class Paths {
        private final Map<String, Rule> exact = new HashMap<>();
        private final Map<String, Rule> prefix = new HashMap<>();
        private Optional<Rule> otherwise = Optional.empty();

        HostTable table() {
            otherwise.ifPresent(rule -> prefix.putIfAbsent("", rule));
            return new HostTable(listed(exact), listed(prefix));
        }

        private static Map<String, List<Rule>> listed(Map<String, Rule> rules) {
            return rules.entrySet().stream()
                    .collect(Collectors.toMap(Map.Entry::getKey, e -> List.of(e.getValue())));
        }
    }

    /** There is such a host, even if nothing of it is served. */
    void name(HostPattern host) {
        paths(host);
    }

    /** Takes one path. Answers who has it already, if somebody does. */
    Optional<Key> take(HostPattern host, boolean exact, String path, Key of, Action action) {
        Map<String, Rule> taken = exact ? paths(host).exact : paths(host).prefix;
        Rule before =
                taken.putIfAbsent(
                        exact ? path : withoutSlash(path), new Rule(of, Conditions.NONE, action));
        return Optional.ofNullable(before).map(Rule::of);
    }

    /** Takes what no path of the host matches. Answers as {@link #take}. */
    Optional<Key> takeRest(HostPattern host, Key of, Action action) {
        Paths paths = paths(host);
        Optional<Key> before = paths.otherwise.map(Rule::of);
        if (before.isEmpty()) {
            paths.otherwise = Optional.of(new Rule(of, Conditions.NONE, action));
        }
        return before;
    }

    Map<HostPattern, HostTable> tables() {
        Map<HostPattern, HostTable> tables = new TreeMap<>();
        hosts.forEach((host, paths) -> tables.put(host, paths.table()));
        return tables;
    }

    private Paths paths(HostPattern host) {
        return hosts.computeIfAbsent(host, absent -> new Paths());
    }

    static String withoutSlash(String path) {
        int end = path.length();
        while (end > 0 && path.charAt(end - 1) == '/') {
            end--;
        }
        return path.substring(0, end);
    }
}
