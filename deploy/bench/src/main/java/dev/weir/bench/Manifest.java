package dev.weir.bench;

import dev.weir.core.v1.IntOrString;
import dev.weir.core.v1.ObjectMeta;
import dev.weir.model.IpAddress;
import dev.weir.model.Protocol;
import dev.weir.net.v1.Endpoint;
import dev.weir.net.v1.EndpointPort;
import dev.weir.net.v1.EndpointSlice;
import dev.weir.net.v1.Service;
import dev.weir.net.v1.ServicePort;
import dev.weir.net.v1.ServiceSpec;
import java.util.List;
import java.util.Locale;

/** Services without a selector, and the slices that a user makes for them. */
final class Manifest {
    static final String NAMESPACE = "default";

    private static final String SERVICE_NAME = "kubernetes.io/service-name";

    private Manifest() {}

    /** One port for each protocol, at an address that is asked for. */
    static Service service(String name, IpAddress address, int port, List<Protocol> protocols) {
        ServiceSpec.Builder spec =
                ServiceSpec.newBuilder()
                        .setClusterIp(address.toString())
                        .addClusterIps(address.toString())
                        .addIpFamilies(family(address));
        for (Protocol protocol : protocols) {
            spec.addPorts(
                    ServicePort.newBuilder()
                            .setName(portName(protocol))
                            .setProtocol(protocol.name())
                            .setPort(port)
                            .setTargetPort(IntOrString.newBuilder().setIntVal(port)));
        }
        return Service.newBuilder()
                .setMetadata(ObjectMeta.newBuilder().setNamespace(NAMESPACE).setName(name))
                .setSpec(spec)
                .build();
    }

    /** Endpoints of one family, all ready, with the same ports. */
    static EndpointSlice slice(
            String service, List<IpAddress> endpoints, int port, List<Protocol> protocols) {
        EndpointSlice.Builder slice =
                EndpointSlice.newBuilder()
                        .setMetadata(
                                ObjectMeta.newBuilder()
                                        .setNamespace(NAMESPACE)
                                        .setName(service)
                                        .putLabels(SERVICE_NAME, service))
                        .setAddressType(family(endpoints.getFirst()));
        for (Protocol protocol : protocols) {
            slice.addPorts(
                    EndpointPort.newBuilder()
                            .setName(portName(protocol))
                            .setProtocol(protocol.name())
                            .setPort(port));
        }
        for (IpAddress endpoint : endpoints) {
            slice.addEndpoints(Endpoint.newBuilder().addAddresses(endpoint.toString()));
        }
        return slice.build();
    }

    private static String family(IpAddress address) {
        return address.v6() ? "IPv6" : "IPv4";
    }

    private static String portName(Protocol protocol) {
        return protocol.name().toLowerCase(Locale.ROOT);
    }
}
