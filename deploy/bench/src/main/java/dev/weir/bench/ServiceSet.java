package dev.weir.bench;

import dev.weir.model.Backend;
import dev.weir.model.Backends;
import dev.weir.model.Cidr;
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
final class ServiceSet {
    static final Cidr SERVICES = Cidr.of("10.96.0.0/12");
    static final Cidr PODS = Cidr.of("10.128.0.0/9");
    static final int PORT = 80;
    static final int TARGET = 8080;

    /** Where endpoints begin that take the place of others. */
    private static final long SPARE = 4_000_000;

    /** No pair of it has a common divisor with a size in round numbers: changes are spread. */
    private static final long STRIDE = 7919;

    private ServiceSet() {}

    static String name(int service) {
        return "s" + service;
    }

    static IpAddress address(int service) {
        return SERVICES.base().plus(256L + service);
    }

    static IpAddress endpoint(Size size, int service, int index) {
        return PODS.base().plus(256L + (long) service * size.endpoints() + index);
    }

    /** The Service whose last endpoint the n-th change replaces. */
    static int changed(Size size, int n) {
        return (int) (n * STRIDE % size.services());
    }

    /** What the n-th change puts there. */
    static IpAddress replacement(int n) {
        return PODS.base().plus(SPARE + n);
    }

    /** What the n-th change takes away, when all before it are done. */
    static IpAddress replaced(Size size, int n) {
        int before = n - size.services();
        return before < 0
                ? endpoint(size, changed(size, n), size.endpoints() - 1)
                : replacement(before);
    }

    static Frontend frontend(int service) {
        return new Frontend(address(service), Protocol.TCP, PORT);
    }

    static Backends backends(int service, List<IpAddress> endpoints) {
        return new Backends(
                new Key("Service", Manifest.NAMESPACE, name(service)),
                endpoints.stream().map(at -> new Backend(at, TARGET, false)).toList());
    }

    static Map<Frontend, Backends> all(Size size) {
        Map<Frontend, Backends> all = new HashMap<>();
        for (int service = 0; service < size.services(); service++) {
            all.put(frontend(service), backends(service, endpoints(size, service)));
        }
        return all;
    }

    /** At the beginning. */
    static List<IpAddress> endpoints(Size size, int service) {
        return IntStream.range(0, size.endpoints())
                .mapToObj(index -> endpoint(size, service, index))
                .toList();
    }

    /** Of the Service that the n-th change concerns, after it. */
    static List<IpAddress> endpointsAfter(Size size, int n) {
        int service = changed(size, n);
        return IntStream.range(0, size.endpoints())
                .mapToObj(
                        index ->
                                index == size.endpoints() - 1
                                        ? replacement(n)
                                        : endpoint(size, service, index))
                .toList();
    }
}
