package dev.weir.agent.l7.proxy;

import io.netty.channel.Channel;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollEventLoopGroup;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.nio.NioEventLoopGroup;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.util.ResourceLeakDetector;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.util.concurrent.ThreadFactory;
import org.jboss.logging.Logger;

/** What sockets are made of: epoll, or where its library does not load, NIO. */
record Transport(
        EventLoopGroup loops,
        Class<? extends ServerChannel> server,
        Class<? extends Channel> client) {
    private static final Logger LOG = Logger.getLogger(Transport.class);

    /** Whoever sets it wants to know; else a stack trace for each hundredth buffer is saved. */
    private static final String LEAK_DETECTION = "io.netty.leakDetection.level";

    static Transport open(int loops) {
        if (System.getProperty(LEAK_DETECTION) == null) {
            ResourceLeakDetector.setLevel(ResourceLeakDetector.Level.DISABLED);
        }
        ThreadFactory threads = new DefaultThreadFactory("weir-l7", true);
        if (Epoll.isAvailable()) {
            return new Transport(
                    new EpollEventLoopGroup(loops, threads),
                    EpollServerSocketChannel.class,
                    EpollSocketChannel.class);
        }
        LOG.warnf("epoll is not available, NIO serves instead: %s", Epoll.unavailabilityCause());
        return new Transport(
                new NioEventLoopGroup(loops, threads),
                NioServerSocketChannel.class,
                NioSocketChannel.class);
    }
}
