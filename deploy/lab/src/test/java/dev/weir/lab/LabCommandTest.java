package dev.weir.lab;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.cli.Launcher;
import dev.weir.cli.Main;
import dev.weir.cli.RunningProcess;
import dev.weir.cli.Session;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What is typed, as far as nothing has to be started for it. */
@Timeout(60)
class LabCommandTest {
    @TempDir Path data;
    private final ByteArrayOutputStream printed = new ByteArrayOutputStream();

    private int weir(String... arguments) {
        printed.reset();
        PrintStream out = new PrintStream(printed, true, StandardCharsets.UTF_8);
        Session session =
                new Session(
                        Map.of("WEIR_DATA", data.toString(), "WEIR_LAUNCHER", "/bin/false"),
                        InputStream.nullInputStream(),
                        out,
                        out,
                        Clock.systemUTC());
        return Main.run(session, arguments);
    }

    private String printed() {
        return printed.toString(StandardCharsets.UTF_8);
    }

    private LabPlace startedAs(Shape shape) throws Exception {
        LabPlace place = new LabPlace(data);
        Files.createDirectories(place.directory());
        LabSettings settings = LabCommand.settings(shape, 1, "nft", "direct", false, Map.of());
        Files.writeString(place.settingsFile(), settings.json());
        return place;
    }

    private RunningProcess started(LabPlace place, String role, String node) throws Exception {
        List<String> command = new ArrayList<>(List.of("perl", "-e", "sleep 1000", "--"));
        command.addAll(LabProcess.marks(place, role, node));
        RunningProcess process = Launcher.startDetached(command, place.log(role));
        long deadline = System.nanoTime() + Duration.ofSeconds(10).toNanos();
        while (LabProcess.running(place, role, node).isEmpty() && System.nanoTime() < deadline) {
            Thread.sleep(10);
        }
        return process;
    }

    @AfterEach
    void endAll() throws Exception {
        for (LabProcess process : LabProcess.of(new LabPlace(data))) {
            process.process().kill();
        }
    }

    @Test
    void withoutALabThereAreNoProcesses() {
        assertThat(weir("lab", "status", "-o", "json")).isZero();
        assertThat(printed()).isEqualToIgnoringWhitespace("{\"processes\":[]}");
    }

    @Test
    void aStandaloneLabHasOneProcessBesideItsAgents() throws Exception {
        startedAs(Shape.STANDALONE);

        int code = weir("lab", "status", "-o", "json");

        assertThat(code).isZero();
        assertThat(printed())
                .isEqualToIgnoringWhitespace(
                        "{\"processes\":[{\"role\":\"standalone\",\"state\":\"stopped\"},"
                            + "{\"node\":\"node-1\",\"role\":\"agent\",\"state\":\"stopped\"}]}");
    }

    @Test
    void aDistributedLabTellsWhichOfItsProcessesRun() throws Exception {
        LabPlace place = startedAs(Shape.DISTRIBUTED);
        RunningProcess broker = started(place, "broker", "");

        int code = weir("lab", "status", "-o", "json");

        assertThat(code).isZero();
        assertThat(printed())
                .contains(
                        "{\"pid\":" + broker.pid() + ",\"role\":\"broker\",\"state\":\"running\"}")
                .contains("{\"role\":\"control-plane\",\"state\":\"stopped\"}")
                .contains("{\"role\":\"endpoint-service\",\"state\":\"stopped\"}")
                .contains("{\"role\":\"policy-service\",\"state\":\"stopped\"}")
                .contains("{\"role\":\"dns-service\",\"state\":\"stopped\"}")
                .contains("{\"node\":\"node-1\",\"role\":\"agent\",\"state\":\"stopped\"}")
                .doesNotContain("standalone");
    }

    @Test
    void aLabOfTheOtherShapeIsAnotherLab() throws Exception {
        LabPlace place = startedAs(Shape.STANDALONE);
        RunningProcess process = started(place, "standalone", "");

        int code = weir("lab", "up", "--nodes", "1", "--distributed");

        assertThat(code).isEqualTo(1);
        assertThat(printed())
                .contains("a lab with other flags is up")
                .contains("\"distributed\":false")
                .contains("weir lab down");
        assertThat(process.alive()).isTrue();
    }
}
