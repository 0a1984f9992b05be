package dev.weir.server.listen;

import java.nio.file.Path;

/** Where a server listens. */
sealed interface ListenAddress {
    /** A socket file that only its owner may open. */
    record Unix(Path path) implements ListenAddress {
        public Unix {
            path = path.toAbsolutePath().normalize();
        }

        @Override
        public String toString() {
            return "unix://" + path;
        }
    }

    /**
     * @param port 0 lets the kernel choose
     */
    record Tcp(String host, int port) implements ListenAddress {
        @Override
        public String toString() {
            return "tcp://" + (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
        }
    }

    /**
     * Reads {@code unix://PATH} or {@code tcp://HOST:PORT}; an IPv6 host stands in brackets.
     *
     * @throws ListenException when it is neither, or TCP without the permission for it
     */
    static ListenAddress parse(String address, boolean insecureTcp) {
        if (address.matches("unix://.*[^/]")) {
            return new Unix(Path.of(address.substring("unix://".length())));
        }
        if (!address.startsWith("tcp://")) {
            throw new ListenException(
                    "weir.listen is \"" + address + "\": expected unix://PATH or tcp://HOST:PORT");
        }
        if (!insecureTcp) {
            throw new ListenException(
                    "weir.listen is \""
                            + address
                            + "\": TCP has no authentication; set weir.insecure-tcp=true to allow"
                            + " it all the same");
        }
        return tcp(address, address.substring("tcp://".length()));
    }

    private static Tcp tcp(String address, String rest) {
        int colon = rest.lastIndexOf(':');
        String host = colon < 0 ? "" : rest.substring(0, colon);
        if (host.startsWith("[") && host.endsWith("]")) {
            host = host.substring(1, host.length() - 1);
        } else if (host.contains(":")) {
            host = "";
        }
        try {
            int port = Integer.parseInt(rest.substring(colon + 1));
            if (!host.isEmpty() && port >= 0 && port <= 65535) {
                return new Tcp(host, port);
            }
        } catch (NumberFormatException e) {
            // Told below.
        }
        throw new ListenException(
                "weir.listen is \"" + address + "\": expected tcp://HOST:PORT, port 0 to 65535");
    }
}
