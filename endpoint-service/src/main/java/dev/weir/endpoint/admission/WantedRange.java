package dev.weir.endpoint.admission;

import dev.weir.endpoint.balance.Pool;
import dev.weir.endpoint.balance.Span;
import dev.weir.model.Cidr;
import dev.weir.model.check.FieldErrors;
import java.util.List;
import java.util.Map;

/**
 * A range of addresses that an object asks for, and that may not be anybody else's.
 *
 * @param path of the field
 * @param text as the field has it
 */
record WantedRange(String path, String text, Span span) {
    private static final Map<Span, String> SPECIAL =
            Map.of(
                    range("127.0.0.0/8"), "may not be in the loopback range (127.0.0.0/8)",
                    range("::1/128"), "may not be in the loopback range (::1/128)",
                    range("169.254.0.0/16"), "may not be in the link-local range (169.254.0.0/16)",
                    range("fe80::/10"), "may not be in the link-local range (fe80::/10)",
                    range("224.0.0.0/4"), "may not be in the multicast range (224.0.0.0/4)",
                    range("ff00::/8"), "may not be in the multicast range (ff00::/8)",
                    range("0.0.0.0/8"), "may not be unspecified (0.0.0.0/8)",
                    range("::/128"), "may not be unspecified (::)",
                    range("255.255.255.255/32"), "may not be the broadcast address");

    private static Span range(String text) {
        return Span.of(Cidr.of(text));
    }

    /**
     * @param pools those that it is no part of
     * @param used the ranges of others
     * @param users who they are
     */
    void check(List<Pool> pools, List<Cidr> used, String users, FieldErrors errors) {
        SPECIAL.entrySet().stream()
                .filter(special -> special.getKey().overlaps(span))
                .map(Map.Entry::getValue)
                .sorted()
                .findFirst()
                .ifPresent(reason -> errors.invalid(path, text, reason));
        used.stream()
                .filter(range -> Span.of(range).overlaps(span))
                .findFirst()
                .ifPresent(
                        range ->
                                errors.invalid(
                                        path,
                                        text,
                                        "must not overlap the range " + range + " of " + users));
        pools.stream()
                .filter(pool -> pool.spans().stream().anyMatch(span::overlaps))
                .findFirst()
                .ifPresent(
                        pool ->
                                errors.invalid(
                                        path,
                                        text,
                                        "must not overlap address pool \"" + pool.name() + "\""));
    }
}
