package dev.weir.endpoint.admission;

import dev.weir.net.v1.EndpointSlice;
import java.time.Duration;
import java.util.Optional;

/** How long an EndpointSlice stays without being renewed, as its annotation says. */
public final class LeaseTerm {
    /** Whole seconds, 1 to {@link #MOST_SECONDS}; a slice without it stays. */
    public static final String ANNOTATION = "weir.dev/lease-seconds";

    /** A day. */
    public static final int MOST_SECONDS = 86_400;

    /** Digits that such a number has. */
    private static final String NUMBER = "[1-9][0-9]{0,4}";

    private LeaseTerm() {}

    /** The term that this text means; empty when it is none. */
    public static Optional<Duration> parse(String seconds) {
        return Optional.of(seconds)
                .filter(text -> text.matches(NUMBER))
                .map(Integer::parseInt)
                .filter(number -> number <= MOST_SECONDS)
                .map(Duration::ofSeconds);
    }

    /** Empty for a slice that has no lease. */
    public static Optional<Duration> of(EndpointSlice slice) {
        return Optional.ofNullable(slice.getMetadata().getAnnotationsMap().get(ANNOTATION))
                .flatMap(LeaseTerm::parse);
    }
}
