package dev.weir.log;

import dev.weir.changes.Frontier;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.Semaphore;

/** A log in memory that fails as it is told to. */
public final class SimulatedLog implements TxLog {
    /** What happens to one append. */
    public enum Fault {
        NONE,
        UNKNOWN_WRITTEN,
        UNKNOWN_LOST,
        DISK_FULL,
        READ_ONLY,
        THROWS_WRITTEN
    }

    /** What survives the writers. */
    public static final class Disk {
        private final String logId;
        private final TreeMap<String, Entry.Record> objects = new TreeMap<>();
        private final TreeMap<String, Long> written = new TreeMap<>();
        private final TreeMap<Long, String> requests = new TreeMap<>();
        private Head head;
        private SimulatedLog owner;
        private String instance = "";
        private final ArrayDeque<Fault> faults = new ArrayDeque<>();
        private int claimsToFail;
        private int largest = Integer.MAX_VALUE;
        private final List<Integer> groups = new ArrayList<>();

        /** One permit for each append, once {@link #hold} was called. */
        private volatile Semaphore gate;

        public Disk(String logId) {
            this.logId = logId;
            this.head = new Head(logId, 0, 0, Frontier.EMPTY);
        }

        public SimulatedLog open() {
            return new SimulatedLog(this);
        }

        public synchronized void fail(Fault fault) {
            faults.add(fault);
        }

        public synchronized void failClaims(int count) {
            claimsToFail = count;
        }

        /** Takes no larger objects from now on. In bytes. */
        public synchronized void takeAtMost(int bytes) {
            largest = bytes;
        }

        /** The sizes of the groups that were appended. */
        public synchronized List<Integer> groups() {
            return List.copyOf(groups);
        }

        /** Appends wait from now on, until they are let through. */
        public Semaphore hold() {
            Semaphore semaphore = new Semaphore(0);
            gate = semaphore;
            return semaphore;
        }
    }

    private final Disk disk;
    private long term;

    private SimulatedLog(Disk disk) {
        this.disk = disk;
    }

    @Override
    public String logId() {
        return disk.logId;
    }

    @Override
    public long claim(String instance) {
        synchronized (disk) {
            if (disk.claimsToFail > 0) {
                disk.claimsToFail--;
                throw new LogException("the simulated log cannot be claimed");
            }
            if (term != 0 && disk.owner != this) {
                throw new LogException.Fenced("claimed by another writer");
            }
            disk.owner = this;
            term = disk.head.term() + 1;
            disk.head = new Head(disk.logId, disk.head.revision(), term, disk.head.after());
            disk.instance = instance;
            return term;
        }
    }

    @Override
    public Head replay(Handler handler) {
        synchronized (disk) {
            if (disk.owner != this) {
                throw new LogException.Fenced("claimed by another writer");
            }
            disk.objects.values().stream()
                    .sorted(
                            java.util.Comparator.comparing(
                                    record -> disk.written.get(record.key())))
                    .forEach(
                            record ->
                                    handler.record(
                                            disk.written.get(record.key()),
                                            record.key(),
                                            record.value()));
            disk.requests.forEach(handler::request);
            return disk.head;
        }
    }

    @Override
    public Outcome append(long asTerm, List<Entry> group) {
        Semaphore gate = disk.gate;
        if (gate != null) {
            gate.acquireUninterruptibly();
        }
        synchronized (disk) {
            long last = disk.head.revision();
            for (Entry entry : group) {
                if (entry.revision() <= last) {
                    throw new IllegalArgumentException(entry.revision() + " after " + last);
                }
                last = entry.revision();
            }
            if (group.isEmpty()) {
                throw new IllegalStateException("append needs a group");
            }
            if (asTerm != disk.head.term()) {
                return new Outcome.Fenced(disk.head.term(), disk.instance);
            }
            if (group.stream()
                    .flatMap(entry -> entry.records().stream())
                    .flatMap(record -> record.value().stream())
                    .anyMatch(value -> value.size() > disk.largest)) {
                return new Outcome.Refused(Outcome.Reason.TOO_LARGE, "too large");
            }
            return switch (Optional.ofNullable(disk.faults.poll()).orElse(Fault.NONE)) {
                case NONE -> {
                    write(group);
                    yield new Outcome.Durable();
                }
                case UNKNOWN_WRITTEN -> {
                    write(group);
                    yield new Outcome.Unknown(new IllegalStateException("simulated"));
                }
                case THROWS_WRITTEN -> {
                    write(group);
                    throw new IllegalStateException("simulated");
                }
                case UNKNOWN_LOST -> new Outcome.Unknown(new IllegalStateException("simulated"));
                case DISK_FULL -> new Outcome.Refused(Outcome.Reason.DISK_FULL, "the disk is full");
                case READ_ONLY -> new Outcome.Refused(Outcome.Reason.READ_ONLY, "read-only");
            };
        }
    }

    private void write(List<Entry> group) {
        for (Entry entry : group) {
            for (Entry.Record record : entry.records()) {
                if (record.value().isPresent()) {
                    disk.objects.put(record.key(), record);
                    disk.written.put(record.key(), entry.revision());
                } else {
                    disk.objects.remove(record.key());
                }
            }
            if (!entry.requestId().isEmpty()) {
                disk.requests.put(entry.revision(), entry.requestId());
            }
        }
        Entry last = group.getLast();
        disk.requests.headMap(last.revision() - REQUEST_WINDOW, true).clear();
        disk.head = new Head(disk.logId, last.revision(), disk.head.term(), last.after());
        disk.groups.add(group.size());
    }

    @Override
    public void close() {}
}
