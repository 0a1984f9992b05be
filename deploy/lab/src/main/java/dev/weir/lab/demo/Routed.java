package dev.weir.lab.demo;

import dev.weir.lab.RunningLab;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Rows of Ingresses and Gateways: the host outside asks a proxy, by name. */
final class Routed implements AutoCloseable {
    private static final String OUTSIDE = "outside";
    private static final String WEB = "web-1 web-2";
    private static final int MANY = Tries.MANY;

    /** Enough to tell three to one from two and from five. */
    private static final int WEIGHED = 400;

    private static final int CHANGES = 30;

    /** How long an Ingress may wait for its address. */
    private static final Duration ADDRESSED = Duration.ofSeconds(10);

    private static final String SECURE = "secure.example.com";

    private final Rows rows;
    private final Tries tries;
    private final RunningLab lab;
    private final Path files;
    private String address = "";

    Routed(Rows rows, Tries tries) throws IOException {
        this.rows = rows;
        this.tries = tries;
        this.lab = tries.lab();
        this.files = Files.createTempDirectory("weir-demo-");
    }

    void all() throws IOException, InterruptedException {
        ServerCertificate secure = ServerCertificate.make(files, "secure", SECURE);
        ServerCertificate other = ServerCertificate.make(files, "other", "other.example.com");
        tries.apply(secure.writeSecret(files.resolve("secure.yaml"), "secure-tls"));
        tries.apply(other.writeSecret(files.resolve("other.yaml"), "other-tls"));
        tries.apply(tries.file("ingress"));
        address = addressed();
        rows.add(
                "http://myapp.example.com/ at " + address,
                OUTSIDE,
                WEB + ", seen as " + RunningLab.EXTERNAL_ADDRESS,
                () -> {
                    Requests got = ask(MANY, "http://myapp.example.com/");
                    return got.servers() + ", seen as " + String.join(" ", got.sources());
                });
        path("http://example.com/app", WEB);
        path("http://example.com/frontend", "web-2");
        rows.add(
                "http://example.com/appendix, a path of nobody",
                OUTSIDE,
                "404",
                () -> status("http://example.com/appendix"));
        path("http://default.example.com/", WEB + " by class newer");
        rows.add(
                "https://" + SECURE + "/, its own certificate",
                OUTSIDE,
                WEB,
                () -> ask(MANY, "https://" + SECURE + "/", trusting(secure)).servers());
        rows.add(
                "https://other.example.com/, the other one",
                OUTSIDE,
                "web-2",
                () -> ask(MANY, "https://other.example.com/", trusting(other)).servers());
        rows.add(
                "weighted-route, 3 to 1",
                OUTSIDE,
                "web-2 to sensitive: 3 to 1",
                () -> "web-2 to sensitive: " + weights());
        changes(secure);
    }

    private void path(String url, String expected) throws IOException, InterruptedException {
        rows.add(
                url,
                OUTSIDE,
                expected,
                () -> {
                    String servers = ask(MANY, url).servers();
                    return expected.contains("by class")
                            ? servers + " by class " + field("default-class-ingress")
                            : servers;
                });
    }

    private String field(String ingress) {
        return lab.weir("get", "ingress", ingress, "-o", "jsonpath={.spec.ingressClassName}").out();
    }

    /** Endpoints come and go and a certificate is replaced, while clients ask. */
    private void changes(ServerCertificate before) throws IOException, InterruptedException {
        ServerCertificate after = ServerCertificate.make(files, "secure-2", SECURE);
        Path both = files.resolve("both.crt");
        Files.writeString(both, Files.readString(before.chain()) + Files.readString(after.chain()));
        List<String> trusted = List.of("--cacert", both.toString());
        List<Load> loads = new ArrayList<>();
        try {
            loads.add(load("http://myapp.example.com/", List.of()));
            loads.add(load("https://" + SECURE + "/", trusted));
            loads.add(
                    load(
                            "https://" + SECURE + "/",
                            Stream.concat(trusted.stream(), Stream.of("-H", "Connection: close"))
                                    .toList()));
            for (Load load : loads) {
                load.awaitFirst();
            }
            rows.add(
                    CHANGES + " changes of endpoints, a certificate replaced, under load",
                    OUTSIDE,
                    "0 failed, the new certificate",
                    () -> {
                        for (int i = 0; i < CHANGES; i++) {
                            boolean in = i % 2 == 1;
                            lab.setLabels("web-1", in ? Demo.MY_APP : Map.of("app", "other"));
                            if (i == CHANGES / 2) {
                                tries.apply(
                                        after.writeSecret(
                                                files.resolve("secure-2.yaml"), "secure-tls"));
                            }
                        }
                        int failed = 0;
                        for (Load load : loads) {
                            failed += load.end().failures().size();
                        }
                        Requests fresh = ask(1, "https://" + SECURE + "/", trusting(after));
                        return failed
                                + " failed, the "
                                + (fresh.failures().isEmpty() ? "new" : "old")
                                + " certificate";
                    });
        } finally {
            for (Load load : loads) {
                load.close();
            }
        }
    }

    private Load load(String url, List<String> options) throws IOException {
        return new Load(lab, curl(Load.ENDLESS, url, options));
    }

    private static List<String> trusting(ServerCertificate certificate) {
        return List.of("--cacert", certificate.chain().toString());
    }

    private Requests ask(int count, String url) {
        return ask(count, url, List.of());
    }

    private Requests ask(int count, String url, List<String> options) {
        RunningLab.Answer answer = lab.outside(curl(count, url, options));
        return Requests.read(answer.out() + answer.err());
    }

    /** One after another, on one connection where the server keeps it. */
    private List<String> curl(int count, String url, List<String> options) {
        String host = url.replaceFirst(".*://([^/]*)/.*", "$1");
        List<String> command =
                new ArrayList<>(List.of("curl", "-sS", "--max-time", "5", "--resolve"));
        command.add(host + ":" + (url.startsWith("https") ? 443 : 80) + ":" + address);
        command.addAll(options);
        command.add(url + "?[1-" + count + "]");
        return command;
    }

    private String status(String url) {
        List<String> command =
                new ArrayList<>(curl(1, url, List.of("-o", "/dev/null", "-w", "%{http_code}")));
        return lab.outside(command).out();
    }

    /** Of the two Services' answers, in whole numbers if they are near. */
    private String weights() {
        Requests got = ask(WEIGHED, "http://canary.gateway.example.com/");
        int more = got.answers().getOrDefault("web-2", 0);
        int less = got.answers().getOrDefault("sensitive", 0);
        boolean all = more + less == WEIGHED;
        // Six standard deviations: 300 of 400 are meant.
        return all && Math.abs(more - 300) < 52 ? "3 to 1" : more + " to " + less;
    }

    /** The address that an Ingress shows once the proxies carry it. */
    private String addressed() throws InterruptedException {
        long deadline = System.nanoTime() + ADDRESSED.toNanos();
        while (true) {
            String shown =
                    Stream.of("tls-ingress", "default-class-ingress", "myapp-ingress")
                            .map(this::shown)
                            .collect(Collectors.joining(","));
            String[] each = shown.split(",", -1);
            if (Stream.of(each).noneMatch(String::isEmpty) || System.nanoTime() > deadline) {
                return each[0];
            }
            Thread.sleep(50);
        }
    }

    private String shown(String ingress) {
        String path = "jsonpath={.status.loadBalancer.ingress[0].ip}";
        return lab.weir("get", "ingress", ingress, "-o", path).out();
    }

    @Override
    public void close() throws IOException {
        try (Stream<Path> all = Files.list(files)) {
            for (Path file : all.toList()) {
                Files.delete(file);
            }
        }
        Files.delete(files);
    }
}
