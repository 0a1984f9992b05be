package dev.weir.client;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Where a control plane can be reached: replicas that all answer the same. They are tried in this
 * order, and the first that accepts a connection is used until it is gone, or says that it is
 * unavailable.
 *
 * @param addresses at least one; all of them socket files, or all of them hosts
 */
public record Servers(List<ServerAddress> addresses) {
    public Servers {
        addresses = List.copyOf(addresses);
        if (addresses.isEmpty()) {
            throw new IllegalArgumentException("no server address");
        }
        if (addresses.stream().map(Object::getClass).distinct().count() > 1) {
            throw new IllegalArgumentException(
                    "servers are named by socket files or by hosts, not by both: "
                            + text(addresses));
        }
    }

    public static Servers of(ServerAddress... addresses) {
        return new Servers(List.of(addresses));
    }

    /** Reads addresses with commas between. Throws IllegalArgumentException as they do. */
    public static Servers parse(String text) {
        return new Servers(
                Arrays.stream(text.split(",", -1))
                        .map(String::strip)
                        .map(ServerAddress::parse)
                        .toList());
    }

    @Override
    public String toString() {
        return text(addresses);
    }

    private static String text(List<ServerAddress> addresses) {
        return addresses.stream().map(ServerAddress::toString).collect(Collectors.joining(","));
    }
}
