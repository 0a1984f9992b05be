package dev.weir.agent.l7.proxy;

import dev.weir.model.IpAddress;
import dev.weir.routing.PortTable;
import dev.weir.routing.RouteTable;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jboss.logging.Logger;

/** The listening sockets. Owned by the thread that brings the tables. */
final class Listeners {
    private static final Logger LOG = Logger.getLogger(Listeners.class);

    /** Connections that the kernel completes while nobody accepts. */
    private static final int BACKLOG = 4_096;

    private record Listener(boolean tls, List<Channel> channels) {}

    private final ServerBootstrap bootstrap;
    private final List<IpAddress> addresses;
    private final Function<PortTable, ChannelHandler> handlers;
    private final Map<Integer, Listener> open = new HashMap<>();

    /**
     * @param handlers what prepares the connections of a port
     */
    Listeners(
            Transport transport,
            ProxySettings settings,
            Function<PortTable, ChannelHandler> handlers) {
        this.addresses = settings.addresses();
        this.handlers = handlers;
        this.bootstrap =
                new ServerBootstrap()
                        .group(transport.loops(), transport.loops())
                        .channel(transport.server())
                        .option(ChannelOption.SO_BACKLOG, BACKLOG)
                        .option(ChannelOption.SO_REUSEADDR, true)
                        .childOption(ChannelOption.TCP_NODELAY, true)
                        .childOption(ChannelOption.SO_KEEPALIVE, true)
                        .childOption(
                                ChannelOption.WRITE_BUFFER_WATER_MARK, Worker.waterMark(settings));
    }

    /**
     * Listens on the ports of the table and on no others. Connections that are there stay.
     *
     * @return why a port is not listened on
     */
    Map<Integer, String> follow(RouteTable table) {
        Map<Integer, String> problems = new HashMap<>();
        for (int port : List.copyOf(open.keySet())) {
            PortTable wanted = table.ports().get(port);
            Listener there = open.get(port);
            if (there != null && (wanted == null || wanted.tls() != there.tls)) {
                close(there);
                open.remove(port);
            }
        }
        for (PortTable port : table.ports().values()) {
            if (!open.containsKey(port.port())) {
                listen(port, problems);
            }
        }
        return problems;
    }

    private void listen(PortTable port, Map<Integer, String> problems) {
        List<Channel> channels = new ArrayList<>();
        for (IpAddress address : addresses) {
            ChannelFuture bound =
                    bootstrap
                            .clone()
                            .childHandler(handlers.apply(port))
                            .bind(address.toInetAddress(), port.port())
                            .awaitUninterruptibly();
            if (!bound.isSuccess()) {
                String reason = String.valueOf(bound.cause().getMessage());
                LOG.warnf("port %d of %s is not served: %s", port.port(), address, reason);
                problems.put(port.port(), reason);
                close(new Listener(port.tls(), channels));
                return;
            }
            channels.add(bound.channel());
        }
        open.put(port.port(), new Listener(port.tls(), channels));
    }

    void close() {
        open.values().forEach(Listeners::close);
        open.clear();
    }

    private static void close(Listener listener) {
        listener.channels.forEach(channel -> channel.close().awaitUninterruptibly());
    }
}
