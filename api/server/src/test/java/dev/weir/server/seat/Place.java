package dev.weir.server.seat;

import dev.weir.log.Entry;
import dev.weir.log.Head;
import dev.weir.log.Outcome;
import dev.weir.log.SimulatedLog;
import dev.weir.log.TxLog;
import dev.weir.log.v1.LogClaim;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

/** What the processes share: the log, its claims, and the election. */
final class Place implements AutoCloseable {
    static final String SHARD = "control";

    /** How long a call waits for a writer. */
    static final Duration WAIT = Duration.ofSeconds(5);

    final Ballot ballot = new Ballot();
    final SimulatedLog.Disk disk = new SimulatedLog.Disk("log-1");
    private final String id = UUID.randomUUID().toString();
    private final List<Instance> instances = new ArrayList<>();
    private final List<Long> terms = new ArrayList<>();
    private final Map<String, LogClaim> believed = new ConcurrentHashMap<>();
    private volatile Optional<LogClaim> claim = Optional.empty();

    Instance instance(String name) {
        Instance instance = new Instance(name, this);
        instances.add(instance);
        return instance;
    }

    Instance find(String name) {
        return instances.stream()
                .filter(instance -> instance.name.equals(name))
                .findFirst()
                .orElseThrow();
    }

    String address(String name) {
        return name + "-" + id;
    }

    Optional<LogClaim> claimSeenBy(String name) {
        return Optional.ofNullable(believed.get(name)).or(() -> claim);
    }

    /** The process has not read a later claim than that of the other. */
    void believes(String name, String other) {
        believed.put(name, claim(7, other, address(other)));
    }

    void believesTheLog(String name) {
        believed.remove(name);
    }

    synchronized List<Long> terms() {
        return List.copyOf(terms);
    }

    private static LogClaim claim(long term, String name, String address) {
        return LogClaim.newBuilder().setTerm(term).setInstance(name).setAddress(address).build();
    }

    private synchronized void claimed(long term, String name, String address) {
        terms.add(term);
        claim = Optional.of(claim(term, name, address));
    }

    /** Tells who claimed it, as the records of a real log do. */
    TxLog log(String name, String address) {
        TxLog log = disk.open();
        return new TxLog() {
            @Override
            public String logId() {
                return log.logId();
            }

            @Override
            public long claim(String instance) {
                long term = log.claim(instance);
                claimed(term, name, address);
                return term;
            }

            @Override
            public Head replay(Handler handler) {
                return log.replay(handler);
            }

            @Override
            public Outcome append(long term, List<Entry> group) {
                return log.append(term, group);
            }

            @Override
            public void close() {
                log.close();
            }
        };
    }

    @Override
    public void close() {
        instances.forEach(Instance::close);
    }
}
