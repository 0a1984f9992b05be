package dev.weir.client;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.ForwardingClientCall.SimpleForwardingClientCall;
import io.grpc.ForwardingClientCallListener.SimpleForwardingClientCallListener;
import io.grpc.Grpc;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Which of its servers a channel uses: one that says that it is unavailable is left for the next,
 * as one is that is gone. Calls that are open there go on.
 */
final class ServerChoice implements ClientInterceptor {
    /** Servers of which none can serve are asked round and round no faster than this. */
    private static final Duration PAUSE = Duration.ofMillis(500);

    private final List<ServerAddress> servers;
    private int first;
    private long leftNanos = System.nanoTime() - PAUSE.toNanos();
    private @Nullable ServersResolver resolver;

    ServerChoice(Servers servers) {
        this.servers = servers.addresses();
    }

    /** All servers, in the order in which they are to be tried. */
    synchronized List<ServerAddress> inOrder() {
        List<ServerAddress> order = new ArrayList<>(servers);
        Collections.rotate(order, -first);
        return order;
    }

    /** Who is told of a change from now on. */
    synchronized void use(ServersResolver next) {
        resolver = next;
    }

    private synchronized void leave(SocketAddress at) {
        if (resolver == null || System.nanoTime() - leftNanos < PAUSE.toNanos()) {
            return;
        }
        int server = servers.indexOf(resolver.serverAt(at));
        if (server >= 0) {
            leftNanos = System.nanoTime();
            first = (server + 1) % servers.size();
            resolver.resolveWithout(servers.get(server));
        }
    }

    @Override
    public <Q, A> ClientCall<Q, A> interceptCall(
            MethodDescriptor<Q, A> method, CallOptions options, Channel next) {
        return new SimpleForwardingClientCall<>(next.newCall(method, options)) {
            @Override
            public void start(Listener<A> listener, Metadata headers) {
                super.start(
                        new SimpleForwardingClientCallListener<>(listener) {
                            @Override
                            public void onClose(Status status, Metadata trailers) {
                                if (status.getCode() == Status.Code.UNAVAILABLE) {
                                    leaveServer(getAttributes());
                                }
                                super.onClose(status, trailers);
                            }
                        },
                        headers);
            }
        };
    }

    private void leaveServer(io.grpc.Attributes call) {
        SocketAddress at = call.get(Grpc.TRANSPORT_ATTR_REMOTE_ADDR);
        if (at != null) {
            leave(at);
        }
    }
}
