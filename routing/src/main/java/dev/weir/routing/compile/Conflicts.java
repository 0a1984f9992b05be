package dev.weir.routing.compile;

import java.util.Optional;
import java.util.Set;

/** Whether two listeners of one Gateway and one port can be told apart (Gateway.spec.listeners). */
final class Conflicts {
    private static final String UDP = "UDP";

    /** Both begin with a handshake that names a host. */
    private static final Set<String> WITH_SERVER_NAME = Set.of(Entrance.HTTPS, "TLS");

    /** Those that have nothing but their port to be told apart by. */
    private static final Set<String> WITHOUT_HOST = Set.of("TCP", UDP);

    private Conflicts() {}

    /** The reason, as Gateway API words it. Neither of the two is accepted then. */
    static Optional<String> between(Entrance one, Entrance other) {
        String mine = one.spec().getProtocol();
        String theirs = other.spec().getProtocol();
        boolean same = mine.equals(theirs);
        if (!same && (mine.equals(UDP) || theirs.equals(UDP))) {
            return Optional.empty();
        }
        boolean byHost =
                (same && !WITHOUT_HOST.contains(mine))
                        || (WITH_SERVER_NAME.contains(mine) && WITH_SERVER_NAME.contains(theirs));
        if (!byHost) {
            return Optional.of("ProtocolConflict");
        }
        return one.host().equals(other.host()) ? Optional.of("HostnameConflict") : Optional.empty();
    }
}
