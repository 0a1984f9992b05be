package dev.weir.agent.l7.http;

/** Bytes of a buffer, by index. */
@FunctionalInterface
public interface Octets {
    byte at(int index);
}
