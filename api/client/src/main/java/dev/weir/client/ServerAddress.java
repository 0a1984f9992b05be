package dev.weir.client;

import java.nio.file.Path;

/** Where a server listens. */
public sealed interface ServerAddress {

    /** A socket file. Also crosses network namespaces. */
    record Unix(Path path) implements ServerAddress {
        @Override
        public String toString() {
            return "unix://" + path;
        }
    }

    /** A host, as a name or an address without brackets, and a port. */
    record Tcp(String host, int port) implements ServerAddress {
        @Override
        public String toString() {
            return host.indexOf(':') < 0 ? host + ":" + port : "[" + host + "]:" + port;
        }
    }

    /**
     * Reads {@code unix:///path}, {@code host:port} or {@code [address]:port}, the latter also with
     * {@code tcp://} before. Throws IllegalArgumentException for anything else.
     */
    static ServerAddress parse(String text) {
        if (text.startsWith("unix:")) {
            String path = text.substring("unix:".length()).replaceFirst("^//(?=/)", "");
            if (path.isEmpty()) {
                throw new IllegalArgumentException("no path in server address \"" + text + "\"");
            }
            return new Unix(Path.of(path).toAbsolutePath());
        }
        if (text.startsWith("tcp://")) {
            return parse(text.substring("tcp://".length()));
        }
        int colon = text.lastIndexOf(':');
        String port = text.substring(colon + 1);
        if (colon <= 0 || !port.matches("[1-9][0-9]{0,4}") || Integer.parseInt(port) > 65535) {
            throw new IllegalArgumentException(
                    "server address \"" + text + "\" is neither unix:///PATH nor HOST:PORT");
        }
        String host = text.substring(0, colon).replaceFirst("^\\[(.*)]$", "$1");
        return new Tcp(host, Integer.parseInt(port));
    }
}
