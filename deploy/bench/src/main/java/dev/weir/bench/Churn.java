package dev.weir.bench;

import dev.weir.changes.Frontier;
import dev.weir.client.WeirClient;
import dev.weir.model.IpAddress;
import dev.weir.model.Kinds;
import dev.weir.model.Protocol;
import dev.weir.net.v1.EndpointSlice;
import dev.weir.net.v1.Service;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/**
 * Endpoints come and go, a hundred a second, most of Services that nobody uses, some of Services
 * with traffic. No connection may fail, nobody acknowledged as removed may answer, and in the end
 * every kernel has what the model says.
 */
final class Churn implements Benchmark {
    private static final int LIVE = 8;
    private static final int PODS = 6;

    private static final int CHANGES_PER_SECOND = 100;

    private static final List<Protocol> TCP = List.of(Protocol.TCP);

    /** Of the changes, those of Services with traffic. */
    private static final int LIVE_PERCENT = 20;

    /** Writers at once; who is late is not waited for, but catches up. */
    private static final int WRITERS = 32;

    @Override
    public String name() {
        return "churn";
    }

    @Override
    public String description() {
        return "a long run: 100 endpoint changes a second under TCP and UDP traffic (--seconds)";
    }

    @Override
    public String defaultSizes() {
        return "10000x10";
    }

    @Override
    public int defaultRounds() {
        return 1;
    }

    @Override
    public void run(Run run) throws IOException, InterruptedException {
        UnderTraffic.each(run, LIVE, PODS, (traffic, size) -> new Course(run, size, traffic).run());
    }

    /** One course with so many Services. */
    private static final class Course {
        private final Run run;
        private final Size size;
        private final UnderTraffic traffic;
        private final BenchLab lab;
        private final WeirClient client;
        private final List<LiveService> live;
        private final Random random;
        private final AtomicInteger written = new AtomicInteger();
        private Frontier frontier = Frontier.EMPTY; // guarded by this

        private final StillServices still;

        Course(Run run, Size size, UnderTraffic traffic) {
            this.run = run;
            this.size = size;
            this.traffic = traffic;
            this.lab = traffic.lab();
            this.client = traffic.client();
            this.live = traffic.live();
            this.still = new StillServices(new ServiceSet(Family.IPV4, size), TCP);
            this.random = new Random(run.seed());
        }

        void run() throws IOException, InterruptedException {
            String what = "%s, %d s".formatted(size, run.duration().toSeconds());
            write();
            traffic.meanwhile(false, () -> measured(what));
            if (traffic.isGood()) {
                BenchLab.await(client, frontier());
                for (int node = 1; node <= UnderTraffic.NODES; node++) {
                    compare(node);
                }
            }
            run.sheet().add(what, "writers", "changes", written.get());
            traffic.finish(what);
        }

        private void measured(String what) throws IOException, InterruptedException {
            List<ProcessCpu> before = agents();
            change();
            List<ProcessCpu> after = agents();
            for (int i = 0; i < UnderTraffic.NODES; i++) {
                String node = BenchLab.node(i + 1);
                ProcessCpu used = after.get(i).since(before.get(i));
                double millis = used.total() * 1000 / written.get();
                run.sheet().add(what, "agent of " + node, "CPU ms/change", millis);
                run.say(node + ": " + used.shares());
            }
        }

        private List<ProcessCpu> agents() throws IOException {
            List<ProcessCpu> all = new ArrayList<>();
            for (int node = 1; node <= UnderTraffic.NODES; node++) {
                all.add(ProcessCpu.of(lab.agent(node)));
            }
            return all;
        }

        private void write() throws InterruptedException {
            run.say("%s, writing".formatted(size));
            wrote(still.create(client));
            wrote(traffic.create());
            BenchLab.await(client, frontier());
        }

        private synchronized void wrote(Frontier commit) {
            frontier = frontier.max(commit);
        }

        private synchronized Frontier frontier() {
            return frontier;
        }

        private Frontier update(EndpointSlice slice) {
            Frontier commit = traffic.update(slice);
            wrote(commit);
            written.incrementAndGet();
            return commit;
        }

        /** For as long as the run lasts; returns when all are written and acknowledged. */
        private void change() throws InterruptedException {
            run.say("%s, %d changes a second".formatted(size, CHANGES_PER_SECOND));
            long start = System.nanoTime();
            long total = run.duration().toSeconds() * CHANGES_PER_SECOND;
            Semaphore room = new Semaphore(WRITERS);
            int next = 0;
            try (ExecutorService writers = Executors.newVirtualThreadPerTaskExecutor()) {
                for (long i = 0; i < total && traffic.isGood(); i++) {
                    long due = start + i * TimeUnit.SECONDS.toNanos(1) / CHANGES_PER_SECOND;
                    LockSupport.parkNanos(due - System.nanoTime());
                    if (i % (10L * CHANGES_PER_SECOND) == 0) {
                        run.say(
                                "%,d of %,d changes, %,d answers"
                                        .formatted(
                                                written.get(), total, traffic.tally().answers()));
                    }
                    LiveService service = live.get(random.nextInt(LIVE));
                    LiveService.Change change =
                            random.nextInt(100) < LIVE_PERCENT ? service.begin(random) : null;
                    if (change != null) {
                        writers.execute(() -> guarded(() -> changeLive(service, change)));
                        continue;
                    }
                    int n = next++;
                    room.acquire();
                    writers.execute(
                            () ->
                                    guarded(
                                            () -> {
                                                try {
                                                    update(still.change(n));
                                                } finally {
                                                    room.release();
                                                }
                                            }));
                }
            }
        }

        private void guarded(Runnable work) {
            try {
                work.run();
            } catch (RuntimeException e) {
                traffic.tally().problem("a change: " + e);
            }
        }

        private void changeLive(LiveService service, LiveService.Change change) {
            Frontier commit = update(service.slice());
            BenchLab.await(client, commit);
            service.end(change);
        }

        private void compare(int node) throws IOException, InterruptedException {
            Map<Readback.Place, Set<Readback.Place>> wanted = still.wanted();
            for (LiveService service : live) {
                for (Protocol protocol : LiveService.PROTOCOLS) {
                    wanted.put(
                            Readback.frontend(service.address(), protocol, LiveService.PORT),
                            Readback.backends(service.endpoints(), service.target()));
                }
            }
            Map<Readback.Place, Set<Readback.Place>> found =
                    Readback.endpoints(lab.inside().node(BenchLab.node(node)));
            found.keySet().removeAll(names());
            run.say("%s has %,d frontends".formatted(BenchLab.node(node), found.size()));
            Readback.differences(wanted, found)
                    .forEach(
                            problem ->
                                    traffic.tally().problem(BenchLab.node(node) + ": " + problem));
        }

        /** The frontends of the cluster's names, which nobody changes. */
        private List<Readback.Place> names() {
            Service names = (Service) client.get(Kinds.SERVICE, "kube-system", "kube-dns");
            return names.getSpec().getClusterIpsList().stream()
                    .map(IpAddress::of)
                    .flatMap(
                            address ->
                                    names.getSpec().getPortsList().stream()
                                            .map(
                                                    port ->
                                                            Readback.frontend(
                                                                    address,
                                                                    Protocol.valueOf(
                                                                            port.getProtocol()),
                                                                    port.getPort())))
                    .toList();
        }
    }
}
