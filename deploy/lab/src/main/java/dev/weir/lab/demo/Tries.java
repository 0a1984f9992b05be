package dev.weir.lab.demo;

import dev.weir.cli.CliError;
import dev.weir.lab.RunningLab;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/** What rows do: with the command, and from the pod {@link #CLIENT}. */
final class Tries {
    static final String CLIENT = "client";

    /** Requests enough to meet every endpoint of a Service that has three. */
    static final int MANY = 60;

    private final RunningLab lab;
    private final Scripts scripts;

    Tries(RunningLab lab, Scripts scripts) {
        this.lab = lab;
        this.scripts = scripts;
    }

    RunningLab lab() {
        return lab;
    }

    /** Of {@code deploy/demo}. */
    Path file(String name) {
        return scripts.directory().resolve(name);
    }

    /** Returns when every node has programmed it. */
    void apply(Path manifests) {
        must(lab.weir("apply", "-f", manifests.toString(), "--wait"), "apply " + manifests);
    }

    /** Returns when no node has it any more. */
    void delete(Path manifests) {
        must(
                lab.weir("delete", "-f", manifests.toString(), "--wait"),
                "delete what is in " + manifests);
    }

    private static void must(RunningLab.Answer answer, String what) {
        if (answer.code() != 0) {
            throw new CliError("demo: " + what + ": " + (answer.err() + answer.out()).strip());
        }
    }

    String clusterIp(String service) {
        return lab.weir("get", "service", service, "-o", "jsonpath={.spec.clusterIP}").out();
    }

    /** Who answers at port 80. */
    String servers(String host, int count) {
        return ask(host, 80, count).servers();
    }

    Requests ask(String host, int port, int count) {
        return Requests.ask(lab, scripts, CLIENT, host, port, count);
    }

    /** Many requests of the host outside. */
    Requests fromOutside(String host, int port) {
        return Requests.read(lab.outside(scripts.client(host, port, "--count", MANY)).out());
    }

    /** Requests from the client to port 80, until closed. */
    Traffic traffic(String host) throws IOException {
        return new Traffic(lab, scripts, CLIENT, host, 80, 2);
    }

    /** Whether one ping gets through. */
    String reach(String pod, String address) {
        return lab.exec(pod, List.of("ping", "-c", "1", "-W", "1", address)).code() == 0
                ? "answer"
                : "isolated";
    }

    /** The IPv4 addresses, sorted, or NXDOMAIN, or what nslookup says. */
    String lookUp(String name) {
        RunningLab.Answer answer =
                lab.exec(CLIENT, List.of("nslookup", "-type=A", "-timeout=1", "-retry=1", name));
        if (answer.out().contains("NXDOMAIN")) {
            return "NXDOMAIN";
        }
        int answers = answer.out().indexOf("Name:");
        if (answer.code() != 0 || answers < 0) {
            return (answer.out() + answer.err()).strip().replace('\n', ' ');
        }
        TreeSet<String> addresses = new TreeSet<>();
        answer.out()
                .substring(answers)
                .lines()
                .filter(line -> line.startsWith("Address: "))
                .forEach(line -> addresses.add(line.substring("Address: ".length())));
        return String.join(" ", addresses);
    }

    /** Who answers for my-app-service once the pod has these labels and no others. */
    String relabel(String pod, Map<String, String> labels) throws IOException {
        Path file = Files.createTempFile("weir-demo-", ".yaml");
        try {
            Files.writeString(file, lab.manifest(pod, labels));
            apply(file);
        } finally {
            Files.delete(file);
        }
        return servers("my-app-service", MANY);
    }

    /** Who answers for sensitive-service while nothing may reach its pods. */
    String denyAll() {
        apply(file("policy"));
        String got = servers("sensitive-service", 1);
        delete(file("policy"));
        return got;
    }
}
