package dev.weir.routing;

import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Values by host name: an exact name over a wildcard, a longer wildcard over a shorter one, any
 * name last. Names are in lower case.
 *
 * @param exact by the whole name
 * @param oneLabel by what follows the star of an Ingress, e.g. {@code .example.com}: exactly one
 *     label stands in its place
 * @param wildcard by what follows the star of a listener or an HTTPRoute: one label or more
 * @param any for every other name, and for none
 */
public record Hosts<T>(
        Map<String, T> exact, Map<String, T> oneLabel, Map<String, T> wildcard, Optional<T> any) {

    public Hosts {
        exact = Map.copyOf(exact);
        oneLabel = Map.copyOf(oneLabel);
        wildcard = Map.copyOf(wildcard);
    }

    public static <T> Hosts<T> none() {
        return new Hosts<>(Map.of(), Map.of(), Map.of(), Optional.empty());
    }

    /**
     * The value of this host.
     *
     * @param host without a port, in any case; empty when there is none
     */
    public Optional<T> find(String host) {
        String name = host.toLowerCase(Locale.ROOT);
        T found = exact.get(name);
        int dot = name.indexOf('.');
        if (found == null && dot > 0) {
            found = oneLabel.get(name.substring(dot));
        }
        while (found == null && dot > 0) {
            found = wildcard.get(name.substring(dot));
            dot = name.indexOf('.', dot + 1);
        }
        return found == null ? any : Optional.of(found);
    }
}
