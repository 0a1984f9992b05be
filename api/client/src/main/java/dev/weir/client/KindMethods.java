package dev.weir.client;

import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import dev.weir.core.v1.IpBlocksGrpc;
import dev.weir.core.v1.NamespacesGrpc;
import dev.weir.core.v1.NodesGrpc;
import dev.weir.core.v1.PodsGrpc;
import dev.weir.core.v1.SecretsGrpc;
import dev.weir.model.Kind;
import dev.weir.net.v1.AddressPoolsGrpc;
import dev.weir.net.v1.EndpointSlicesGrpc;
import dev.weir.net.v1.ServiceCidrsGrpc;
import dev.weir.net.v1.ServicesGrpc;
import dev.weir.policy.v1.NetworkPoliciesGrpc;
import dev.weir.route.v1.GatewayClassesGrpc;
import dev.weir.route.v1.GatewaysGrpc;
import dev.weir.route.v1.HttpRoutesGrpc;
import dev.weir.route.v1.IngressClassesGrpc;
import dev.weir.route.v1.IngressesGrpc;
import dev.weir.route.v1.ReferenceGrantsGrpc;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.PrototypeMarshaller;
import io.grpc.ServiceDescriptor;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * The calls of one kind's gRPC service. The services differ in their message types only: the fields
 * have the same names in all of them.
 */
final class KindMethods {
    /** Of every kind that is stored. */
    static final List<ServiceDescriptor> SERVICES =
            List.of(
                    NamespacesGrpc.getServiceDescriptor(),
                    NodesGrpc.getServiceDescriptor(),
                    PodsGrpc.getServiceDescriptor(),
                    IpBlocksGrpc.getServiceDescriptor(),
                    ServicesGrpc.getServiceDescriptor(),
                    EndpointSlicesGrpc.getServiceDescriptor(),
                    AddressPoolsGrpc.getServiceDescriptor(),
                    ServiceCidrsGrpc.getServiceDescriptor(),
                    NetworkPoliciesGrpc.getServiceDescriptor(),
                    SecretsGrpc.getServiceDescriptor(),
                    IngressClassesGrpc.getServiceDescriptor(),
                    IngressesGrpc.getServiceDescriptor(),
                    GatewayClassesGrpc.getServiceDescriptor(),
                    GatewaysGrpc.getServiceDescriptor(),
                    HttpRoutesGrpc.getServiceDescriptor(),
                    ReferenceGrantsGrpc.getServiceDescriptor());

    private static final Map<Kind, KindMethods> BY_KIND = new ConcurrentHashMap<>();

    private final Map<String, MethodDescriptor<?, ?>> methods;

    private KindMethods(ServiceDescriptor service) {
        methods =
                service.getMethods().stream()
                        .collect(Collectors.toMap(KindMethods::bareName, Function.identity()));
    }

    /** Throws IllegalArgumentException for a kind that has no service. */
    static KindMethods of(Kind kind) {
        return BY_KIND.computeIfAbsent(kind, KindMethods::find);
    }

    private static KindMethods find(Kind kind) {
        String messagePackage = kind.prototype().getDescriptorForType().getFile().getPackage();
        return SERVICES.stream()
                .filter(s -> s.getName().equalsIgnoreCase(messagePackage + "." + kind.plural()))
                .findFirst()
                .map(KindMethods::new)
                .orElseThrow(() -> new IllegalArgumentException("no service for " + kind.name()));
    }

    private static String bareName(MethodDescriptor<?, ?> method) {
        String name = method.getBareMethodName();
        return name == null ? method.getFullMethodName() : name;
    }

    /** The call of this name, e.g. {@code Get}. */
    @SuppressWarnings("unchecked")
    MethodDescriptor<Message, Message> method(String name) {
        MethodDescriptor<?, ?> method = methods.get(name);
        if (method == null) {
            throw new IllegalArgumentException("no call " + name);
        }
        return (MethodDescriptor<Message, Message>) method;
    }

    /** An empty request of the call. */
    Message.Builder request(String name) {
        return ((Message)
                        ((PrototypeMarshaller<?>) method(name).getRequestMarshaller())
                                .getMessagePrototype())
                .newBuilderForType();
    }

    static FieldDescriptor field(Message.Builder message, String name) {
        return message.getDescriptorForType().findFieldByName(name);
    }

    /** The message-typed or scalar field of a response. */
    static Object get(Message message, String name) {
        return message.getField(message.getDescriptorForType().findFieldByName(name));
    }

    static boolean has(Message message, String name) {
        return message.hasField(message.getDescriptorForType().findFieldByName(name));
    }
}
