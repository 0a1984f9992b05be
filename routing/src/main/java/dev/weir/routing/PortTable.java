package dev.weir.routing;

/**
 * One port: all listeners and Ingresses that share it.
 *
 * @param port 1 to 65535
 * @param tls whether connections begin with a TLS handshake
 * @param hosts what requests find by their Host header
 * @param certificates what handshakes find by their server name; empty without TLS
 */
public record PortTable(
        int port, boolean tls, Hosts<HostTable> hosts, Hosts<Certificate> certificates) {}
