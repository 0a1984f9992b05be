package dev.weir.bench;

import dev.weir.model.Backend;
import dev.weir.model.Backends;
import dev.weir.model.Frontend;
import dev.weir.model.IpAddress;
import dev.weir.model.Key;
import dev.weir.model.Protocol;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * The same Services for everybody who is measured: one address and port each, all endpoints
 * different.
 */
record ServiceSet(Family family, Size size) {
    static final int PORT = 80;
    static final int TARGET = 8080;

    /** Where endpoints begin that take the place of others. */
    private static final long SPARE = 4_000_000;

    /** No pair of it has a common divisor with a size in round numbers: changes are spread. */
    private static final long STRIDE = 7919;

    /** As {@link #typed} writes it. */
    static ServiceSet parse(String family, String size) {
        return new ServiceSet(Family.parse(family).getFirst(), Size.parse(size).getFirst());
    }

    /** Two words. */
    String typed() {
        return family.typed() + " " + size.typed();
    }

    static String name(int service) {
        return "s" + service;
    }

    IpAddress address(int service) {
        return family.services().base().plus(256L + service);
    }

    IpAddress endpoint(int service, int index) {
        return family.pods().base().plus(256L + (long) service * size.endpoints() + index);
    }

    /** The Service whose last endpoint the n-th change replaces. */
    int changed(int n) {
        return (int) (n * STRIDE % size.services());
    }

    /** What the n-th change puts there. */
    IpAddress replacement(int n) {
        return family.pods().base().plus(SPARE + n);
    }

    /** What the n-th change takes away, when all before it are done. */
    IpAddress replaced(int n) {
        int before = n - size.services();
        return before < 0 ? endpoint(changed(n), size.endpoints() - 1) : replacement(before);
    }

    Frontend frontend(int service) {
        return new Frontend(address(service), Protocol.TCP, PORT);
    }

    static Backends backends(int service, List<IpAddress> endpoints) {
        return new Backends(
                new Key("Service", Manifest.NAMESPACE, name(service)),
                endpoints.stream().map(at -> new Backend(at, TARGET, false)).toList());
    }

    Map<Frontend, Backends> all() {
        Map<Frontend, Backends> all = new HashMap<>();
        for (int service = 0; service < size.services(); service++) {
            all.put(frontend(service), backends(service, endpoints(service)));
        }
        return all;
    }

    /** At the beginning. */
    List<IpAddress> endpoints(int service) {
        return IntStream.range(0, size.endpoints())
                .mapToObj(index -> endpoint(service, index))
                .toList();
    }

    /** Of the Service that the n-th change concerns, after it. */
    List<IpAddress> endpointsAfter(int n) {
        int service = changed(n);
        return IntStream.range(0, size.endpoints())
                .mapToObj(
                        index ->
                                index == size.endpoints() - 1
                                        ? replacement(n)
                                        : endpoint(service, index))
                .toList();
    }

    @Override
    public String toString() {
        return size + " " + family;
    }
}
