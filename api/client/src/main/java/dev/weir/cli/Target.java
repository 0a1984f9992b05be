package dev.weir.cli;

import dev.weir.model.IpAddress;
import dev.weir.model.Kind;
import dev.weir.model.Kinds;
import java.util.List;

/**
 * A party of a connection, as typed: {@code TYPE/NAME}, {@code NAME} or an address, and a port
 * behind a colon; an IPv6 address with a port has brackets.
 *
 * @param name with the type in full, or without one
 * @param port 0 if none was named
 */
record Target(String name, int port) {
    private static final int MAX_PORT = 65_535;

    /** Throws CliError. */
    static Target parse(String typed, List<Kind> types) {
        if (IpAddress.parse(typed).isPresent()) {
            return new Target(typed, 0);
        }
        int colon = typed.lastIndexOf(':');
        boolean bracketed = typed.startsWith("[");
        boolean port = colon > (bracketed ? typed.lastIndexOf(']') : -1);
        String name = port ? typed.substring(0, colon) : typed;
        if (bracketed) {
            name = withoutBrackets(name);
        }
        return new Target(named(name, types), port ? port(typed.substring(colon + 1)) : 0);
    }

    /** As {@link #parse}, for one that has no port. */
    static String parseName(String typed, List<Kind> types) {
        Target target = parse(typed, types);
        if (target.port != 0) {
            throw new CliError("\"" + typed + "\": the source of a connection has no port here");
        }
        return target.name;
    }

    private static String withoutBrackets(String text) {
        String inside = text.substring(1, Math.max(1, text.length() - 1));
        if (!text.endsWith("]") || IpAddress.parse(inside).filter(IpAddress::v6).isEmpty()) {
            throw new CliError("\"" + text + "\" is no IPv6 address in brackets");
        }
        return inside;
    }

    private static String named(String name, List<Kind> types) {
        int slash = name.indexOf('/');
        if (slash >= 0) {
            String type = name.substring(0, slash);
            Kind kind = Kinds.resource(type).orElseThrow(() -> Resource.unknown(type));
            if (!types.contains(kind)) {
                throw new CliError(
                        "\""
                                + name
                                + "\": give "
                                + String.join(
                                        ", ",
                                        types.stream().map(t -> t.singular() + "/NAME").toList())
                                + ", NAME or an address");
            }
            name = kind.singular() + name.substring(slash);
        }
        if (name.isEmpty() || name.endsWith("/") || name.indexOf('/') != name.lastIndexOf('/')) {
            throw new CliError("\"" + name + "\": a name is missing, or there are too many");
        }
        return name;
    }

    private static int port(String text) {
        if (text.matches("[0-9]{1,5}")) {
            int port = Integer.parseInt(text);
            if (port >= 1 && port <= MAX_PORT) {
                return port;
            }
        }
        throw new CliError("invalid port \"" + text + "\": give a number from 1 to " + MAX_PORT);
    }
}
