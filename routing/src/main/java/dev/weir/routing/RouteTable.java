package dev.weir.routing;

import java.util.SortedMap;
import java.util.TreeMap;

/**
 * All that a proxy serves.
 *
 * @param ports by number
 */
public record RouteTable(SortedMap<Integer, PortTable> ports) {
    public static final RouteTable EMPTY = new RouteTable(new TreeMap<>());

    public RouteTable {
        ports = java.util.Collections.unmodifiableSortedMap(new TreeMap<>(ports));
    }
}
