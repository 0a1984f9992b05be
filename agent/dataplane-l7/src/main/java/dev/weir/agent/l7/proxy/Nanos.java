package dev.weir.agent.l7.proxy;

/** {@link Timeouts} in nanoseconds, as the event loops compare them. */
record Nanos(
        long head,
        long keepAlive,
        long requestBody,
        long stalledClient,
        long response,
        long responseBody,
        long tunnel,
        long linger,
        long backendIdle) {
    static Nanos of(Timeouts timeouts) {
        return new Nanos(
                timeouts.head().toNanos(),
                timeouts.keepAlive().toNanos(),
                timeouts.requestBody().toNanos(),
                timeouts.stalledClient().toNanos(),
                timeouts.response().toNanos(),
                timeouts.responseBody().toNanos(),
                timeouts.tunnel().toNanos(),
                timeouts.linger().toNanos(),
                timeouts.backendIdle().toNanos());
    }
}
