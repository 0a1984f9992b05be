package dev.weir.routing;

/**
 * A port of a Service, as routes refer to it.
 *
 * @param port its number, 1 to 65535
 */
public record ServicePort(String namespace, String service, int port) {
    @Override
    public String toString() {
        return namespace + "/" + service + ":" + port;
    }
}
