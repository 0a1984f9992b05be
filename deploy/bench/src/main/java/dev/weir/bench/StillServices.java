package dev.weir.bench;

import dev.weir.changes.Frontier;
import dev.weir.client.WeirClient;
import dev.weir.model.IpAddress;
import dev.weir.model.Protocol;
import dev.weir.net.v1.EndpointSlice;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReferenceArray;

/** Services that nobody uses, with endpoints that nobody is: they only fill tables and change. */
final class StillServices {
    private final ServiceSet services;
    private final Size size;
    private final List<Protocol> protocols;

    /** By Service: its endpoints. */
    private final AtomicReferenceArray<List<IpAddress>> endpoints;

    StillServices(ServiceSet services, List<Protocol> protocols) {
        this.services = services;
        this.size = services.size();
        this.protocols = List.copyOf(protocols);
        this.endpoints = new AtomicReferenceArray<>(size.services());
        for (int service = 0; service < size.services(); service++) {
            endpoints.set(service, services.endpoints(service));
        }
    }

    /** Writes all of them, and their slices. */
    Frontier create(WeirClient client) throws InterruptedException {
        return BulkWrite.create(
                        client,
                        size.services(),
                        i ->
                                Manifest.service(
                                        ServiceSet.name(i),
                                        services.address(i),
                                        ServiceSet.PORT,
                                        protocols))
                .max(BulkWrite.create(client, size.services(), i -> slice(i, endpoints.get(i))));
    }

    private EndpointSlice slice(int service, List<IpAddress> endpoints) {
        return Manifest.slice(ServiceSet.name(service), endpoints, ServiceSet.TARGET, protocols);
    }

    /**
     * The slice that the n-th change writes. Each Service has its turn, so no two changes of one
     * meet while fewer are under way than there are Services.
     */
    EndpointSlice change(int n) {
        int service = n % size.services();
        List<IpAddress> changed = new ArrayList<>(endpoints.get(service));
        changed.set(n / size.services() % changed.size(), services.replacement(n));
        endpoints.set(service, List.copyOf(changed));
        return slice(service, changed);
    }

    /** What a node has to lead where. */
    Map<Readback.Place, Set<Readback.Place>> wanted() {
        Map<Readback.Place, Set<Readback.Place>> wanted = new HashMap<>();
        for (int service = 0; service < size.services(); service++) {
            for (Protocol protocol : protocols) {
                wanted.put(
                        Readback.frontend(services.address(service), protocol, ServiceSet.PORT),
                        Readback.backends(endpoints.get(service), ServiceSet.TARGET));
            }
        }
        return wanted;
    }
}
