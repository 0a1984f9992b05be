package dev.weir.lab;

import dev.weir.cli.CliError;
import dev.weir.cli.Launcher;
import dev.weir.cli.RunningProcess;
import java.io.IOException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** Starts what of the control plane does not run, and waits until all of it answers. */
final class LabControl {
    /** From the start of all to the answer of the last, on a machine with other work. */
    private static final Duration START_TIMEOUT = Duration.ofSeconds(90);

    private static final Duration POLL = Duration.ofMillis(20);

    private final LabPlace place;
    private final LabSettings settings;

    LabControl(LabPlace place, LabSettings settings) {
        this.place = place;
        this.settings = settings;
    }

    /** All start at once: each waits for the others itself. Throws CliError. */
    void up(Launcher launcher) throws IOException, InterruptedException {
        Map<ControlProcess, RunningProcess> all = new LinkedHashMap<>();
        for (ControlProcess wanted : ControlProcess.of(place, settings)) {
            Optional<RunningProcess> there = LabProcess.running(place, wanted.role(), "");
            all.put(wanted, there.isPresent() ? there.get() : start(wanted, launcher));
        }
        long deadline = System.nanoTime() + START_TIMEOUT.toNanos();
        for (Map.Entry<ControlProcess, RunningProcess> entry : all.entrySet()) {
            await(entry.getKey(), entry.getValue(), deadline);
        }
    }

    private RunningProcess start(ControlProcess wanted, Launcher launcher) throws IOException {
        return Launcher.startDetached(
                place.control().enter(wanted.command(place, launcher)), place.log(wanted.role()));
    }

    private void await(ControlProcess wanted, RunningProcess process, long deadline)
            throws InterruptedException {
        while (!wanted.answers().test(process)) {
            String log = ", see " + place.log(wanted.role());
            if (!process.alive()) {
                throw new CliError("the " + wanted.role() + " ended while starting" + log);
            }
            if (System.nanoTime() > deadline) {
                throw new CliError(
                        "the %s does not answer after %ds%s"
                                .formatted(wanted.role(), START_TIMEOUT.toSeconds(), log));
            }
            Thread.sleep(POLL);
        }
    }
}
