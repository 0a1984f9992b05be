package dev.weir.endpoint.derive;

import dev.weir.model.Key;
import dev.weir.model.Kinds;
import dev.weir.net.v1.EndpointSlice;
import dev.weir.net.v1.Service;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The labels that tie EndpointSlices to their Service
 * (k8s.io/api/discovery/v1/well_known_labels.go).
 */
public final class SliceLabels {
    /** The Service that a slice belongs to. */
    public static final String SERVICE_NAME = "kubernetes.io/service-name";

    /** Who writes a slice; nobody touches another's. */
    public static final String MANAGED_BY = "endpointslice.kubernetes.io/managed-by";

    /** The value of {@link #MANAGED_BY} for the slices derived here. */
    public static final String CONTROLLER = "endpointslice-controller.k8s.io";

    /** On slices of Services without a cluster IP: for names only, not for proxies. */
    public static final String HEADLESS = "service.kubernetes.io/headless";

    /** Services and slices for another proxy than ours. */
    public static final String PROXY_NAME = "service.kubernetes.io/service-proxy-name";

    private SliceLabels() {}

    /** The Service that a slice belongs to, if it says so. */
    public static Optional<Key> service(EndpointSlice slice) {
        return Optional.ofNullable(slice.getMetadata().getLabelsMap().get(SERVICE_NAME))
                .map(name -> Kinds.SERVICE.key(slice.getMetadata().getNamespace(), name));
    }

    static boolean ours(EndpointSlice slice) {
        return CONTROLLER.equals(slice.getMetadata().getLabelsMap().get(MANAGED_BY));
    }

    /** The Service's own labels and the ones that are ours to set. */
    static SortedMap<String, String> of(Service service) {
        TreeMap<String, String> labels = new TreeMap<>(service.getMetadata().getLabelsMap());
        labels.put(SERVICE_NAME, service.getMetadata().getName());
        labels.put(MANAGED_BY, CONTROLLER);
        if (ServiceFamilies.headless(service)) {
            labels.put(HEADLESS, "");
        } else {
            labels.remove(HEADLESS);
        }
        return labels;
    }
}
