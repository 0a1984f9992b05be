package dev.weir.endpoint.derive;

import dev.weir.net.v1.Endpoint;
import dev.weir.net.v1.EndpointSlice;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Supplier;

/**
 * Spreads the endpoints of one family and port set over slices, so that few slices change.
 *
 * <p>An endpoint stays in the slice where it is. New ones go to slices that change anyway, fullest
 * first; then to one unchanged slice that has room for all of the rest; then to new slices. Nothing
 * is moved to fill gaps (k8s.io/endpointslice, reconciler.go: reconcileByPortMapping).
 */
final class Packing {
    private final List<Bin> bins = new ArrayList<>();
    private final SortedMap<String, Endpoint> rest;
    private final Supplier<EndpointSlice> fresh;
    private final int most;

    private Packing(SortedMap<String, Endpoint> desired, Supplier<EndpointSlice> fresh, int most) {
        this.rest = new TreeMap<>(desired);
        this.fresh = fresh;
        this.most = most;
    }

    /** A slice being packed; {@code before} is absent for a new one. */
    private final class Bin {
        final EndpointSlice slice;
        final List<Endpoint> endpoints;

        Bin(EndpointSlice slice, List<Endpoint> endpoints) {
            this.slice = slice;
            this.endpoints = endpoints;
        }

        boolean changed() {
            return !slice.getEndpointsList().equals(endpoints);
        }

        int room() {
            return most - endpoints.size();
        }
    }

    /**
     * The slices to have: never none.
     *
     * @param desired the endpoints by the name of their pod
     * @param existing slices of this family and port set
     * @param fresh makes a slice without endpoints, of another name each time
     * @param most how many endpoints go into one slice; at least 1
     */
    static List<EndpointSlice> pack(
            SortedMap<String, Endpoint> desired,
            Collection<EndpointSlice> existing,
            Supplier<EndpointSlice> fresh,
            int most) {
        Packing packing = new Packing(desired, fresh, most);
        packing.keep(existing);
        packing.fillChanged();
        packing.fillOthers();
        return packing.slices();
    }

    private void keep(Collection<EndpointSlice> existing) {
        for (EndpointSlice slice : existing) {
            List<Endpoint> kept = new ArrayList<>();
            for (Endpoint endpoint : slice.getEndpointsList()) {
                Optional.ofNullable(rest.remove(endpoint.getTargetRef().getName()))
                        .ifPresent(kept::add);
            }
            bins.add(new Bin(slice, kept));
        }
    }

    private void fillChanged() {
        bins.stream()
                .filter(Bin::changed)
                .sorted(Comparator.comparing(Bin::room))
                .toList()
                .forEach(this::fill);
    }

    private void fillOthers() {
        while (!rest.isEmpty()) {
            int needed = rest.size();
            Optional<Bin> fits =
                    bins.stream()
                            .filter(bin -> bin.room() >= needed)
                            .min(Comparator.comparing(Bin::room));
            fill(fits.orElseGet(this::add));
        }
    }

    private Bin add() {
        Bin bin = new Bin(fresh.get(), new ArrayList<>());
        bins.add(bin);
        return bin;
    }

    private void fill(Bin bin) {
        for (int room = bin.room(); room > 0 && !rest.isEmpty(); room--) {
            Map.Entry<String, Endpoint> first = rest.firstEntry();
            bin.endpoints.add(first.getValue());
            rest.remove(first.getKey());
        }
    }

    /**
     * Those with endpoints; if there are none, one empty placeholder, which rather is one already.
     */
    private List<EndpointSlice> slices() {
        List<Bin> full = bins.stream().filter(bin -> !bin.endpoints.isEmpty()).toList();
        if (full.isEmpty()) {
            Bin placeholder =
                    bins.stream().min(Comparator.comparing(Bin::changed)).orElseGet(this::add);
            full = List.of(placeholder);
        }
        return full.stream()
                .map(
                        bin ->
                                bin.slice.toBuilder()
                                        .clearEndpoints()
                                        .addAllEndpoints(bin.endpoints)
                                        .build())
                .toList();
    }
}
