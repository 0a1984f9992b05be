package dev.weir.agent.l7.proxy;

import io.netty.util.ResourceLeakDetector;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/** Hears of each buffer that nobody released. Netty makes it by the name in the module's pom. */
public final class LeakDetector<T> extends ResourceLeakDetector<T> {
    static final Queue<String> FOUND = new ConcurrentLinkedQueue<>();

    public LeakDetector(Class<?> resource, int interval) {
        super(resource, interval);
    }

    @SuppressWarnings("deprecation")
    public LeakDetector(Class<?> resource, int interval, long active) {
        super(resource, interval, active);
    }

    @Override
    protected void reportTracedLeak(String type, String records) {
        FOUND.add(type + records);
    }

    @Override
    protected void reportUntracedLeak(String type) {
        FOUND.add(type);
    }
}
