package dev.weir.lab;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonParser;
import dev.weir.cli.Launcher;
import dev.weir.cli.RunningProcess;
import dev.weir.client.ServerAddress;
import dev.weir.client.WeirClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The wires, the pods' view of the world, and the processes of a lab, with real namespaces. */
@Timeout(60)
class LabNetworkTest {
    private static final LabSettings TWO_NODES =
            new LabSettings(Shape.STANDALONE, 2, "nft", "direct", false, Map.of(), "boot");

    @TempDir Path data;
    private LabPlace place;
    private LabNetwork network;

    @BeforeEach
    void needsRoot() {
        Packaged.needsRoot();
        place = new LabPlace(data);
        network = new LabNetwork(place);
    }

    @AfterEach
    void remove() throws Exception {
        if (place != null) {
            new Lab(data).down();
            network.remove();
        }
    }

    private boolean ping(Netns from, String to) {
        return Program.run(from.enter(List.of("ping", "-c", "1", "-W", "2", to)), "", Map.of())
                .ok();
    }

    @Test
    void nodesAndTheHostOutsideReachEachOther() {
        network.make(TWO_NODES);

        assertThat(ping(place.netns(new LabNode(1)), "172.30.0.12")).isTrue();
        assertThat(ping(place.netns(new LabNode(2)), "fd00:172:30::b")).isTrue();
        assertThat(ping(place.external(), "172.30.0.11")).isTrue();
    }

    @Test
    void makingTwiceIsMakingOnceAndRemovingTwiceRemoving() {
        network.make(TWO_NODES);
        network.make(TWO_NODES);

        network.remove();
        network.remove();

        assertThat(Netns.beginningWith(place.prefix())).isEmpty();
    }

    @Test
    void whatAnInterruptedStartLeftIsHealed() throws Exception {
        network.make(TWO_NODES);
        Program.run("ip", "-n", place.switchNetns().name(), "link", "del", "u1")
                .orThrow("delete a link");
        place.external().delete();
        Files.createFile(place.external().path());

        network.make(TWO_NODES);

        assertThat(ping(place.netns(new LabNode(1)), "172.30.0.12")).isTrue();
        assertThat(ping(place.external(), "172.30.0.11")).isTrue();
    }

    @Test
    void aCommandInAPodSeesItsOwnFilesNameAndNetwork() throws Exception {
        PodFiles pod = pod();
        try (WeirClient nobody = WeirClient.to(new ServerAddress.Unix(data.resolve("none")))) {
            Pods pods = new Pods(Packaged.session(Map.of()), place, nobody);

            var seen =
                    Program.run(
                            pods.inside(
                                    pod,
                                    "db-0",
                                    List.of(
                                            "sh",
                                            "-c",
                                            "hostname; cat /etc/resolv.conf /etc/hosts; ls"
                                                    + " /sys/class/net >&2; exit 7")),
                            "",
                            Map.of());
            var missing =
                    Program.run(pods.inside(pod, "db-0", List.of("no-such-program")), "", Map.of());
            var killed =
                    Program.run(
                            pods.inside(pod, "db-0", List.of("sh", "-c", "kill -9 $$")),
                            "",
                            Map.of());

            assertThat(seen.out())
                    .startsWith(
                            "db-0\n"
                                + "nameserver 10.96.0.10\n"
                                + "search shop.svc.cluster.local svc.cluster.local cluster.local\n"
                                + "options ndots:5\n")
                    .contains("10.244.0.9\tdb-0.db.shop.svc.cluster.local\tdb-0\n");
            assertThat(seen.code()).isEqualTo(7);
            assertThat(missing.code()).isEqualTo(127);
            assertThat(killed.code()).isEqualTo(137);
        }
        assertThat(Files.readString(Path.of("/etc/hosts"))).doesNotContain("db-0.db.shop");
    }

    private PodFiles pod() throws Exception {
        PodFiles pod = PodFiles.create(place.pod("shop", "db-0"), "shop", "db-0", "node-1", "id");
        List<String> addresses =
                pod.writeFiles(
                        JsonParser.parseString(
                                        "{\"ips\":[{\"address\":\"10.244.0.9/32\"}],\"dns\":{}}")
                                .getAsJsonObject(),
                        "db-0",
                        "db");
        assertThat(addresses).containsExactly("10.244.0.9");
        place.podNetns("shop", "db-0").create();
        return pod;
    }

    @Test
    void processesAreFoundByTheirMarkAndEndedByDown() throws Exception {
        Files.createDirectories(place.directory());
        List<String> command = new java.util.ArrayList<>(List.of("perl", "-e", "sleep 1000", "--"));
        command.addAll(LabProcess.marks(place, "agent", "node-1"));
        RunningProcess process = Launcher.startDetached(command, place.log("agent"));

        Optional<RunningProcess> found = awaitFound();
        new Lab(data).down();

        assertThat(found).contains(process);
        assertThat(process.alive()).isFalse();
        assertThat(place.directory()).doesNotExist();
    }

    /** The mark shows once setsid has become the program. */
    private Optional<RunningProcess> awaitFound() throws Exception {
        long deadline = System.nanoTime() + Duration.ofSeconds(10).toNanos();
        Optional<RunningProcess> found = LabProcess.running(place, "agent", "node-1");
        while (found.isEmpty() && System.nanoTime() < deadline) {
            Thread.sleep(10);
            found = LabProcess.running(place, "agent", "node-1");
        }
        return found;
    }

    @Test
    void aNumberUsedAgainIsAnotherProcess() {
        RunningProcess self = RunningProcess.of(ProcessHandle.current().pid()).orElseThrow();

        assertThat(self.alive()).isTrue();
        assertThat(new RunningProcess(self.pid(), self.started() - 1).alive()).isFalse();
    }
}
