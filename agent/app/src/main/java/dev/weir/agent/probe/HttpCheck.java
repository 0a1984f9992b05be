package dev.weir.agent.probe;

import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.URI;
import java.time.Duration;

/** Ready when it answers a GET with 200 to 399; redirections are not followed. */
record HttpCheck(InetSocketAddress at, String path) implements Check {
    @Override
    public boolean passes(Duration timeout) throws IOException {
        HttpURLConnection connection =
                (HttpURLConnection) uri().toURL().openConnection(Proxy.NO_PROXY);
        connection.setConnectTimeout((int) timeout.toMillis());
        connection.setReadTimeout((int) timeout.toMillis());
        connection.setInstanceFollowRedirects(false);
        connection.setRequestProperty("User-Agent", "weir-probe/1");
        try {
            int code = connection.getResponseCode();
            return code >= 200 && code < 400;
        } finally {
            connection.disconnect();
        }
    }

    private URI uri() {
        String host = at.getAddress().getHostAddress();
        return URI.create(
                "http://"
                        + (host.indexOf(':') < 0 ? host : "[" + host + "]")
                        + ":"
                        + at.getPort()
                        + (path.startsWith("/") ? path : "/" + path));
    }
}
