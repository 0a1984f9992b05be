package dev.weir.bench;

import dev.weir.cli.CliError;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * What a request costs a proxy: ours, HAProxy and nginx, with the same hosts, backend and headers,
 * an access log and metrics, each as one process on a core of its own. The generator and the
 * backend share the other.
 */
final class HttpProxies implements Benchmark {
    private static final Path DEBIAN = Path.of("/usr/sbin");
    private static final Duration TURN = Duration.ofSeconds(3);

    /** Turns of each kind before the first that counts: a JVM compiles what runs often. */
    private static final int WARM_UP = 8;

    private static final int FIRST_PORT = 10_000;
    private static final int PORTS = 10;

    private final Duration turn;
    private final int warmUp;

    /** One kind of load. */
    private enum Load {
        SMALL("100 B", false, HttpScene.SMALL, false, true),
        SMALL_UNLOGGED("100 B, no access log", false, HttpScene.SMALL, false, false),
        LARGE("1 MiB", false, HttpScene.LARGE, false, true),
        TLS_SMALL("100 B, TLS", true, HttpScene.SMALL, false, true),
        TLS_LARGE("1 MiB, TLS", true, HttpScene.LARGE, false, true),
        TLS_NEW("100 B, TLS, new connections", true, HttpScene.SMALL, true, true);

        private final String what;
        private final boolean tls;
        private final String path;
        private final boolean often;
        private final boolean log;

        Load(String what, boolean tls, String path, boolean often, boolean log) {
            this.what = what;
            this.tls = tls;
            this.path = path;
            this.often = often;
            this.log = log;
        }

        boolean isFor(HttpProxy proxy) {
            return proxy.small || path.equals(HttpScene.LARGE);
        }
    }

    /** One that runs, and how to start another like it. */
    private record Stand(HttpProxy proxy, boolean log, HttpServer server, int port) {}

    HttpProxies() {
        this(TURN, WARM_UP);
    }

    HttpProxies(Duration turn, int warmUp) {
        this.turn = turn;
        this.warmUp = warmUp;
    }

    @Override
    public String name() {
        return "http";
    }

    @Override
    public String description() {
        return "requests through proxies: ours, HAProxy and nginx (sizes: hosts x endpoints)";
    }

    @Override
    public String defaultSizes() {
        return "1000x1";
    }

    @Override
    public int defaultRounds() {
        return 5;
    }

    static boolean isInstalled(String program) {
        return Stream.concat(
                        Stream.of(System.getenv("PATH").split(":")).map(Path::of),
                        Stream.of(DEBIAN))
                .anyMatch(directory -> Files.isExecutable(directory.resolve(program)));
    }

    @Override
    public void run(Run run) throws IOException, InterruptedException {
        for (String program : List.of("nginx", "wrk", "openssl", "taskset")) {
            if (!isInstalled(program)) {
                throw new CliError(program + " is not installed: the load needs it");
            }
        }
        List<HttpProxy> all = new ArrayList<>();
        for (HttpProxy proxy : HttpProxy.values()) {
            if (proxy == HttpProxy.WEIR || isInstalled(proxy.program())) {
                all.add(proxy);
            } else {
                run.sheet().note(proxy.who + " left out: it is not installed");
            }
        }
        for (Size size : run.sizes()) {
            try (Workplace place = new Workplace()) {
                new Turns(run, place, size, all).all();
            }
        }
        run.sheet().note("seed %d, turns of %d ms".formatted(run.seed(), turn.toMillis()));
    }

    /** With one size. */
    private final class Turns {
        private final Run run;
        private final String prefix;
        private final Cores cores = Cores.ofThisMachine();
        private final HttpScene scene;
        private final String namespace;
        private final Wrk wrk;
        private final List<HttpProxy> proxies;
        private int started;

        Turns(Run run, Workplace place, Size size, List<HttpProxy> proxies)
                throws IOException, InterruptedException {
            this.run = run;
            this.proxies = proxies;
            this.prefix = run.sizes().size() > 1 ? size + ": " : "";
            this.scene = new HttpScene(place.directory(), size);
            this.namespace = place.namespace("http");
            this.wrk = new Wrk(place, namespace, cores.others(), scene, run.seed());
            scene.prepare(place);
        }

        void all() throws IOException, InterruptedException {
            List<HttpServer> servers = new ArrayList<>();
            try {
                Path own = Files.createDirectory(scene.directory().resolve("backend"));
                servers.add(
                        HttpServer.start(
                                namespace,
                                cores.others(),
                                HttpProxy.backend(scene, own),
                                own,
                                scene.endpoints().getLast()));
                Map<Boolean, List<Stand>> stands = new LinkedHashMap<>();
                for (boolean log : List.of(true, false)) {
                    for (HttpProxy proxy : proxies) {
                        if (log || proxy.small) {
                            Stand stand = start(proxy, log);
                            servers.add(stand.server);
                            stands.computeIfAbsent(log, _ -> new ArrayList<>()).add(stand);
                        }
                    }
                }
                rounds(stands);
            } finally {
                for (HttpServer server : servers) {
                    server.close();
                }
            }
        }

        private Stand start(HttpProxy proxy, boolean log) throws IOException, InterruptedException {
            int port = FIRST_PORT + PORTS * started++;
            Path own = Files.createDirectory(scene.directory().resolve("proxy-" + port));
            List<String> command = proxy.command(scene, own, port, log);
            return new Stand(
                    proxy,
                    log,
                    HttpServer.start(namespace, cores.measured(), command, own, port),
                    port);
        }

        private void rounds(Map<Boolean, List<Stand>> stands)
                throws IOException, InterruptedException {
            for (int round = 1 - warmUp; round <= run.rounds(); round++) {
                for (Load load : Load.values()) {
                    for (Stand stand : stands.getOrDefault(load.log, List.of())) {
                        if (load.isFor(stand.proxy)) {
                            measure(stand, load, load.what, round > 0);
                        }
                    }
                }
                if (round > 0) {
                    cold();
                    for (Stand stand : stands.getOrDefault(true, List.of())) {
                        add("memory", stand.proxy.who, "MiB", stand.server.memory());
                    }
                }
                run.say("round %d of %d".formatted(round, run.rounds()));
            }
        }

        /** Each in a process that has just begun. */
        private void cold() throws IOException, InterruptedException {
            for (HttpProxy proxy : proxies) {
                if (proxy.small) {
                    Stand stand = start(proxy, true);
                    try (HttpServer server = stand.server) {
                        add("until it listens", proxy.who, "CPU ms", 1e3 * server.used().cpu());
                        measure(stand, Load.SMALL, "100 B, first seconds", true);
                    }
                }
            }
        }

        private void measure(Stand stand, Load load, String what, boolean counts)
                throws IOException, InterruptedException {
            Cost before = stand.server.used();
            Wrk.Answers answers =
                    wrk.load(
                            load.tls,
                            load.tls ? stand.port + 1 : stand.port,
                            load.path,
                            load.often,
                            turn);
            Cost cost = stand.server.used().since(before);
            if (!counts) {
                return;
            }
            String who = stand.proxy.who;
            add(what, who, "CPU us", 1e6 * cost.cpu() / answers.requests());
            add(what, who, "kernel us", 1e6 * cost.system() / answers.requests());
            add(what, who, "requests/CPU s", answers.requests() / Math.max(cost.cpu(), 1e-9));
            add(what, who, "requests/s", answers.requests() / cost.wall());
            add(what, who, "p99 ms", answers.p99() / 1e3);
            if (answers.failed() > 0) {
                run.sheet()
                        .note(
                                "%s: %s: %d connections failed"
                                        .formatted(who, what, answers.failed()));
            }
        }

        private void add(String what, String who, String unit, double value) {
            run.sheet().add(prefix + what, who, unit, value);
        }
    }
}
