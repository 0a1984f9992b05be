package dev.weir.bench;

import dev.weir.agent.linux.NetworkNamespace;
import dev.weir.agent.linux.NftTables;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.locks.LockSupport;

/** When somebody committed to the nftables of a namespace: asks for its generation, often. */
final class Commits implements AutoCloseable {
    /** How late a commit may be noticed. */
    private static final Duration PAUSE = Duration.ofNanos(200_000);

    private final NftTables tables;
    private final Thread watcher = Thread.ofPlatform().name("commits").unstarted(this::watch);
    private volatile boolean ended;

    // Guarded by this.
    private final List<Long> times = new ArrayList<>();

    private Commits(NftTables tables) {
        this.tables = tables;
    }

    /** Watches from now on. */
    static Commits in(Path namespace) throws IOException, InterruptedException {
        Commits commits = new Commits(new NetworkNamespace(namespace).call(NftTables::open));
        commits.watcher.start();
        return commits;
    }

    private void watch() {
        try {
            int last = tables.generation();
            while (!ended) {
                int now = tables.generation();
                if (now != last) {
                    long time = System.nanoTime();
                    synchronized (this) {
                        times.add(time);
                    }
                    last = now;
                }
                LockSupport.parkNanos(PAUSE.toNanos());
            }
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    /** The first one at or after this time, as of System.nanoTime. */
    synchronized OptionalLong firstAfter(long time) {
        return times.stream().mapToLong(Long::longValue).filter(at -> at - time >= 0).findFirst();
    }

    @Override
    public void close() throws InterruptedException {
        ended = true;
        watcher.join();
        tables.close();
    }
}
