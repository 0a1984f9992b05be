package dev.weir.control;

import static java.util.concurrent.TimeUnit.SECONDS;

import com.google.protobuf.Message;
import dev.weir.core.v1.Commit;
import dev.weir.core.v1.DeleteRequest;
import dev.weir.core.v1.DeleteResponse;
import dev.weir.core.v1.SecretsGrpc;
import dev.weir.model.Kind;
import dev.weir.model.Kinds;
import dev.weir.model.Manifests;
import dev.weir.route.v1.GatewayClassesGrpc;
import dev.weir.route.v1.GatewaysGrpc;
import dev.weir.route.v1.HttpRoutesGrpc;
import dev.weir.route.v1.IngressClassesGrpc;
import dev.weir.route.v1.IngressesGrpc;
import dev.weir.route.v1.ReferenceGrantsGrpc;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.PrototypeMarshaller;
import io.grpc.ServiceDescriptor;
import io.grpc.stub.ClientCalls;
import java.util.Map;

/** Writes objects of any routing kind, and Secrets, over gRPC, from manifests. */
record RouteObjects(Channel channel) {
    static final String CLASSES =
            """
            apiVersion: networking.k8s.io/v1
            kind: IngressClass
            metadata: {name: weir}
            spec: {controller: weir.dev/ingress}
            ---
            apiVersion: gateway.networking.k8s.io/v1
            kind: GatewayClass
            metadata: {name: weir}
            spec: {controllerName: weir.dev/gateway}
            """;

    static final String INGRESS =
            """
            apiVersion: networking.k8s.io/v1
            kind: Ingress
            metadata: {name: shop, namespace: shop}
            spec:
              ingressClassName: weir
              defaultBackend: {service: {name: web, port: {number: 80}}}
            """;

    private static final Map<Kind, ServiceDescriptor> SERVICES =
            Map.of(
                    Kinds.INGRESS_CLASS, IngressClassesGrpc.getServiceDescriptor(),
                    Kinds.INGRESS, IngressesGrpc.getServiceDescriptor(),
                    Kinds.GATEWAY_CLASS, GatewayClassesGrpc.getServiceDescriptor(),
                    Kinds.GATEWAY, GatewaysGrpc.getServiceDescriptor(),
                    Kinds.HTTP_ROUTE, HttpRoutesGrpc.getServiceDescriptor(),
                    Kinds.REFERENCE_GRANT, ReferenceGrantsGrpc.getServiceDescriptor(),
                    Kinds.SECRET, SecretsGrpc.getServiceDescriptor());

    static String secret(String namespace, String name, String content) {
        return """
        apiVersion: v1
        kind: Secret
        metadata: {name: %s, namespace: %s}
        stringData: {a: '%s'}
        """
                .formatted(name, namespace, content);
    }

    /** Each document; the commit is the last one's. */
    Commit create(String yaml) {
        return write("Create", yaml);
    }

    Commit update(String yaml) {
        return write("Update", yaml);
    }

    void delete(Kind kind, String namespace, String name) {
        DeleteResponse unused =
                (DeleteResponse)
                        call(
                                method(kind, "Delete"),
                                DeleteRequest.newBuilder()
                                        .setNamespace(namespace)
                                        .setName(name)
                                        .build());
    }

    private Commit write(String method, String yaml) {
        Manifests.Parsed parsed = Manifests.parse("test", yaml);
        if (!parsed.problems().isEmpty()) {
            throw new AssertionError(parsed.problems());
        }
        Commit last = Commit.getDefaultInstance();
        for (Manifests.Manifest manifest : parsed.manifests()) {
            last = write(method(manifest.kind(), method), manifest.object());
        }
        return last;
    }

    private Commit write(MethodDescriptor<Message, Message> method, Message object) {
        Message prototype =
                ((PrototypeMarshaller<Message>) method.getRequestMarshaller())
                        .getMessagePrototype();
        Message answer =
                call(
                        method,
                        prototype.toBuilder()
                                .setField(
                                        prototype.getDescriptorForType().findFieldByName("object"),
                                        object)
                                .build());
        return (Commit) answer.getField(answer.getDescriptorForType().findFieldByName("commit"));
    }

    @SuppressWarnings("unchecked") // Every method of a generated service takes and gives messages.
    private static MethodDescriptor<Message, Message> method(Kind kind, String name) {
        return (MethodDescriptor<Message, Message>)
                SERVICES.get(kind).getMethods().stream()
                        .filter(method -> name.equals(method.getBareMethodName()))
                        .findFirst()
                        .orElseThrow();
    }

    private Message call(MethodDescriptor<Message, Message> method, Message request) {
        return ClientCalls.blockingUnaryCall(
                channel,
                method,
                CallOptions.DEFAULT.withDeadlineAfter(Cluster.SECONDS_TO_WAIT, SECONDS),
                request);
    }
}
