package dev.weir.lab;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.cli.Session;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A cluster of one node has no other node's responder, only the DNS service. */
class LoneNodeTest {
    /** Promised: names are answered again after so long. */
    private static final Duration NAMES_BACK = Duration.ofSeconds(2);

    @TempDir Path data;

    @Test
    @Timeout(120)
    void namesAreAnsweredWithoutAnyAgent() throws Exception {
        Session session = Packaged.session(data);
        try (RunningLab lab = new RunningLab(session, data, Shape.STANDALONE)) {
            lab.up(1);
            lab.run("client", "node-1", Map.of(), 0, List.of("sleep", "100"));
            lab.kill("agent", "node-1");
            Thread.sleep(NAMES_BACK);

            RunningLab.Answer answer =
                    lab.exec(
                            "client",
                            List.of(
                                    "nslookup",
                                    "-type=A",
                                    "-timeout=1",
                                    "-retry=1",
                                    "kube-dns.kube-system"));

            assertThat(answer.out())
                    .contains("Name:\tkube-dns.kube-system.svc.cluster.local")
                    .contains("Address: 10.96.0.10");
        }
    }
}
