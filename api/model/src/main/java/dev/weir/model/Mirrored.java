package dev.weir.model;

import dev.weir.core.v1.ObjectMeta;
import dev.weir.net.v1.EndpointSlice;
import dev.weir.net.v1.Endpoints;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * An Endpoints object as the EndpointSlices that are stored in its place, as Kubernetes' mirroring
 * controller makes them: one of each subset and address family. Equal Endpoints give equal slices,
 * so slices that a later version does not name are to be removed.
 *
 * @param slices none for what is not mirrored
 * @param warnings what the writer does not get
 */
public record Mirrored(List<EndpointSlice> slices, List<String> warnings) {
    /** Only in manifests: no object of it is stored. */
    public static final Kind KIND =
            new Kind(
                    "Endpoints",
                    "v1",
                    "endpoints",
                    List.of("ep"),
                    true,
                    Shards.ENDPOINT,
                    true,
                    Endpoints.getDefaultInstance());

    public static final String SERVICE_NAME = "kubernetes.io/service-name";
    public static final String MANAGED_BY = "endpointslice.kubernetes.io/managed-by";

    /** The value of {@link #MANAGED_BY} in mirrored slices. */
    public static final String CONTROLLER = "endpointslicemirroring-controller.k8s.io";

    /** How many addresses of one subset are mirrored (KEP-1672). */
    public static final int MOST_ADDRESSES = 1000;

    private static final String SKIP = "endpointslice.kubernetes.io/skip-mirror";
    private static final String LEADER = "control-plane.alpha.kubernetes.io/leader";
    static final String OVER_CAPACITY = "endpoints.kubernetes.io/over-capacity";

    /** Says something of the Endpoints object only. */
    private static final List<String> OWN =
            List.of(
                    "kubectl.kubernetes.io/last-applied-configuration",
                    "endpoints.kubernetes.io/last-change-trigger-time");

    public Mirrored {
        slices = List.copyOf(slices);
        warnings = List.copyOf(warnings);
    }

    /**
     * @param selected whether the Service of that name has a selector, and so slices already
     */
    public static Judgement<Mirrored> of(Endpoints endpoints, boolean selected) {
        ObjectMeta metadata = endpoints.getMetadata();
        String name = "endpoints/" + metadata.getName();
        if ("true".equals(metadata.getLabelsMap().get(SKIP))) {
            return none(name + " is not mirrored: it has the label " + SKIP);
        }
        if (metadata.getAnnotationsMap().containsKey(LEADER)) {
            return none(name + " is not mirrored: it has the annotation " + LEADER);
        }
        if (selected) {
            return none(name + " is not mirrored: the Service has a selector, so its pods count");
        }
        List<FieldError> errors = EndpointsChecks.errors(endpoints);
        return Judgement.of(
                KIND,
                metadata.getName(),
                errors.isEmpty() ? mirrored(endpoints) : new Mirrored(List.of(), List.of()),
                errors);
    }

    private static Judgement<Mirrored> none(String warning) {
        return new Judgement.Accepted<>(new Mirrored(List.of(), List.of(warning)));
    }

    private static Mirrored mirrored(Endpoints endpoints) {
        List<EndpointSlice> slices = new ArrayList<>();
        List<String> warnings = new ArrayList<>();
        Map<String, Integer> shapes = new TreeMap<>();
        for (int i = 0; i < endpoints.getSubsetsCount(); i++) {
            MirroredSubset subset = MirroredSubset.of(endpoints.getSubsets(i));
            if (subset.left() > 0) {
                warnings.add(
                        "endpoints/%s: subsets[%d]: %d addresses are left out; %d are mirrored"
                                .formatted(
                                        endpoints.getMetadata().getName(),
                                        i,
                                        subset.left(),
                                        MOST_ADDRESSES));
            }
            subset.byFamily()
                    .forEach(
                            (family, addresses) -> {
                                String shape = family + " " + subset.portsText();
                                int number = shapes.merge(shape, 1, Integer::sum);
                                slices.add(
                                        EndpointSlice.newBuilder()
                                                .setMetadata(
                                                        metadata(
                                                                endpoints.getMetadata(),
                                                                shape + " " + number,
                                                                subset.left() > 0))
                                                .setAddressType(family)
                                                .addAllEndpoints(addresses)
                                                .addAllPorts(subset.ports())
                                                .build());
                            });
        }
        return new Mirrored(slices, warnings);
    }

    private static ObjectMeta metadata(ObjectMeta endpoints, String shape, boolean truncated) {
        ObjectMeta.Builder metadata =
                ObjectMeta.newBuilder()
                        .setNamespace(endpoints.getNamespace())
                        .setName(
                                endpoints.getName()
                                        + "-"
                                        + ShortHash.of(
                                                endpoints.getNamespace()
                                                        + "/"
                                                        + endpoints.getName()
                                                        + "/"
                                                        + shape))
                        .putAllLabels(endpoints.getLabelsMap())
                        .putLabels(SERVICE_NAME, endpoints.getName())
                        .putLabels(MANAGED_BY, CONTROLLER)
                        .putAllAnnotations(endpoints.getAnnotationsMap());
        OWN.forEach(metadata::removeAnnotations);
        if (truncated) {
            metadata.putAnnotations(OVER_CAPACITY, "truncated");
        }
        return metadata.build();
    }
}
