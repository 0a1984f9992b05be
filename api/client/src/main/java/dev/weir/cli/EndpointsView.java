package dev.weir.cli;

import com.google.protobuf.Message;
import dev.weir.client.WeirClient;
import dev.weir.core.v1.ObjectMeta;
import dev.weir.model.Failure;
import dev.weir.model.Kinds;
import dev.weir.model.LegacyEndpoints;
import dev.weir.model.Manifests;
import dev.weir.model.Mirrored;
import dev.weir.net.v1.EndpointAddress;
import dev.weir.net.v1.EndpointPort;
import dev.weir.net.v1.EndpointSlice;
import dev.weir.net.v1.EndpointSubset;
import dev.weir.net.v1.Endpoints;
import dev.weir.net.v1.Service;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Endpoints, as kubectl shows them: a view of a Service's EndpointSlices, which is stored nowhere.
 */
final class EndpointsView {
    private EndpointsView() {}

    /**
     * One per Service that has a slice or a selector.
     *
     * @param namespace empty for all
     */
    static List<Shown> read(
            WeirClient client,
            String namespace,
            Optional<String> name,
            String selector,
            Instant now) {
        List<Message> services =
                name.isPresent()
                        ? List.of(service(client, namespace, name.get()))
                        : client.list(Kinds.SERVICE, namespace, selector).items();
        Map<String, List<EndpointSlice>> slices = new TreeMap<>();
        for (Message item : client.list(Kinds.ENDPOINT_SLICE, namespace, "").items()) {
            EndpointSlice slice = (EndpointSlice) item;
            String owner = slice.getMetadata().getLabelsOrDefault(Mirrored.SERVICE_NAME, "");
            String key = slice.getMetadata().getNamespace() + "/" + owner;
            slices.computeIfAbsent(key, k -> new ArrayList<>()).add(slice);
        }
        List<Shown> shown = new ArrayList<>();
        for (Message item : services) {
            Service service = (Service) item;
            ObjectMeta metadata = service.getMetadata();
            List<EndpointSlice> own =
                    slices.getOrDefault(
                            metadata.getNamespace() + "/" + metadata.getName(), List.of());
            if (!own.isEmpty() || service.getSpec().getSelectorCount() > 0) {
                shown.add(shown(service, own, now));
            }
        }
        return shown;
    }

    private static Message service(WeirClient client, String namespace, String name) {
        return client.find(Kinds.SERVICE, namespace, name, dev.weir.changes.Frontier.EMPTY)
                .orElseThrow(
                        () ->
                                Failure.of(
                                                Failure.Reason.NOT_FOUND,
                                                "endpoints \"" + name + "\" not found")
                                        .asException());
    }

    private static Shown shown(Service service, List<EndpointSlice> slices, Instant now) {
        Endpoints endpoints = LegacyEndpoints.of(service, slices);
        ObjectMeta metadata = service.getMetadata();
        List<String> addresses = new ArrayList<>();
        for (EndpointSubset subset : endpoints.getSubsetsList()) {
            for (EndpointAddress address : subset.getAddressesList()) {
                if (subset.getPortsCount() == 0) {
                    addresses.add(address.getIp());
                }
                subset.getPortsList()
                        .forEach(port -> addresses.add(hostPort(address.getIp(), port)));
            }
        }
        String cell = addresses.isEmpty() ? Columns.NONE : Columns.more(addresses);
        return new Shown(
                "endpoints",
                metadata,
                Manifests.tree(endpoints),
                List.of("NAME", "ENDPOINTS", "AGE"),
                List.of(metadata.getName(), cell, Columns.age(metadata, now)));
    }

    private static String hostPort(String ip, EndpointPort port) {
        return (ip.indexOf(':') < 0 ? ip : "[" + ip + "]") + ":" + port.getPort();
    }
}
