package dev.weir.lab.demo;

import dev.weir.lab.RunningLab;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** Rows of what goes on while a process is killed, away, and started again; in either shape. */
final class Kills {
    private static final String CLIENT = Tries.CLIENT;

    private static final String LATE = "late";

    /** How long a process stays away. */
    private static final Duration AWAY = Duration.ofSeconds(2);

    /** How long a pod may stay closed after the control plane came back. */
    private static final Duration CONFIRMED = Duration.ofSeconds(10);

    /** How long names may be away after the responder of a node died. */
    private static final Duration NAMES_BACK = Duration.ofSeconds(2);

    private final Rows rows;
    private final Tries tries;
    private final RunningLab lab;
    private final String clusterIp;

    Kills(Rows rows, Tries tries) {
        this.rows = rows;
        this.tries = tries;
        this.lab = tries.lab();
        this.clusterIp = tries.clusterIp("my-app-service");
    }

    void agent() throws IOException, InterruptedException {
        try (Traffic traffic = tries.traffic(clusterIp)) {
            rows.add(
                    "a name, 2 s after node-1's agent was killed",
                    CLIENT,
                    clusterIp,
                    () -> {
                        lab.kill("agent", "node-1");
                        Thread.sleep(NAMES_BACK);
                        return tries.lookUp("my-app-service");
                    });
            rows.add(
                    "requests meanwhile, and while it starts again",
                    CLIENT,
                    "0 failed",
                    () -> {
                        lab.up();
                        return failed(traffic.end());
                    });
        }
    }

    /** The service that agents and clients talk to. */
    void controlPlane() throws IOException, InterruptedException {
        String clientAddress = lab.addresses(CLIENT).getFirst();
        try (Traffic traffic = tries.traffic(clusterIp)) {
            rows.add(
                    "a pod started while the control plane is away",
                    LATE,
                    "isolated",
                    () -> {
                        lab.kill(lab.shape().frontDoor(), "");
                        lab.begin(LATE, "node-1", Map.of("app", "late"), List.of("sleep", "300"));
                        return tries.reach(LATE, clientAddress);
                    });
            requests("the control plane", traffic);
        }
        rows.add(
                "that pod, once the control plane is back",
                LATE,
                "answer",
                () -> {
                    long deadline = System.nanoTime() + CONFIRMED.toNanos();
                    String got = tries.reach(LATE, clientAddress);
                    while (!got.equals("answer") && System.nanoTime() < deadline) {
                        got = tries.reach(LATE, clientAddress);
                    }
                    return got;
                });
        rows.add("a change after it is back: deny-all-ingress", CLIENT, "blocked", tries::denyAll);
    }

    /** Any other process of the control plane. */
    void process(String role) throws IOException, InterruptedException {
        try (Traffic traffic = tries.traffic(clusterIp)) {
            rows.add(
                    "a name while the " + role + " is killed and away",
                    CLIENT,
                    clusterIp,
                    () -> {
                        lab.kill(role, "");
                        return tries.lookUp("my-app-service");
                    });
            requests("the " + role, traffic);
        }
    }

    private void requests(String called, Traffic traffic) throws IOException, InterruptedException {
        rows.add(
                "requests while " + called + " is killed and away",
                CLIENT,
                "0 failed",
                () -> {
                    Thread.sleep(AWAY);
                    lab.up();
                    return failed(traffic.end());
                });
    }

    private static String failed(Requests requests) {
        String why =
                requests.failures().isEmpty() ? "" : ", first: " + requests.failures().getFirst();
        return requests.answers().isEmpty()
                ? "no answer at all"
                : requests.failures().size() + " failed" + why;
    }
}
