package dev.weir.model;

import dev.weir.net.v1.Endpoint;
import dev.weir.net.v1.EndpointAddress;
import dev.weir.net.v1.EndpointConditions;
import dev.weir.net.v1.EndpointPort;
import dev.weir.net.v1.EndpointSubset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * One subset of an Endpoints object that was found valid.
 *
 * @param byFamily its endpoints by address type, ready ones first
 * @param left how many addresses were too many
 */
record MirroredSubset(
        SortedMap<String, List<Endpoint>> byFamily, List<EndpointPort> ports, int left) {

    static MirroredSubset of(EndpointSubset subset) {
        TreeMap<String, List<Endpoint>> byFamily = new TreeMap<>();
        Map<Boolean, List<EndpointAddress>> addresses =
                Map.of(
                        true, subset.getAddressesList(),
                        false, subset.getNotReadyAddressesList());
        int room = Mirrored.MOST_ADDRESSES;
        int left = 0;
        for (boolean ready : new boolean[] {true, false}) {
            for (EndpointAddress address : addresses.getOrDefault(ready, List.of())) {
                if (room-- > 0) {
                    boolean v6 = IpAddress.of(address.getIp()).v6();
                    byFamily.computeIfAbsent(v6 ? "IPv6" : "IPv4", family -> new ArrayList<>())
                            .add(endpoint(address, ready));
                } else {
                    left++;
                }
            }
        }
        return new MirroredSubset(
                byFamily,
                subset.getPortsList().stream()
                        .map(port -> port.toBuilder().setProtocol(protocol(port)).build())
                        .toList(),
                left);
    }

    static String protocol(EndpointPort port) {
        return port.getProtocol().isEmpty() ? "TCP" : port.getProtocol();
    }

    private static Endpoint endpoint(EndpointAddress address, boolean ready) {
        Endpoint.Builder endpoint =
                Endpoint.newBuilder()
                        .addAddresses(address.getIp())
                        .setConditions(
                                EndpointConditions.newBuilder().setReady(ready).setServing(ready));
        if (!address.getHostname().isEmpty()) {
            endpoint.setHostname(address.getHostname());
        }
        if (!address.getNodeName().isEmpty()) {
            endpoint.setNodeName(address.getNodeName());
        }
        if (address.hasTargetRef()) {
            endpoint.setTargetRef(address.getTargetRef());
        }
        return endpoint.build();
    }

    /** Equal for equal ports. */
    String portsText() {
        return ports.stream()
                .map(
                        port ->
                                port.getName()
                                        + ":"
                                        + port.getProtocol()
                                        + ":"
                                        + port.getPort()
                                        + ":"
                                        + port.getAppProtocol())
                .collect(Collectors.joining(","));
    }
}
