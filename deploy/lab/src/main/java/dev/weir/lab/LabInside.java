package dev.weir.lab;

import dev.weir.cli.CliError;
import java.nio.file.Path;

/**
 * Where the parts of a running lab are, for a program that measures them or goes into them.
 *
 * @param data the lab's state directory
 */
public record LabInside(Path data) {

    public boolean runs(String role, String node) {
        return LabProcess.running(place(), role, node).isPresent();
    }

    /** The number of the process; throws CliError when none runs. */
    public long process(String role, String node) {
        return LabProcess.running(place(), role, node)
                .orElseThrow(() -> new CliError("no " + role + " " + node))
                .pid();
    }

    /** The file of a node's network namespace. */
    public Path node(String name) {
        return place().netns(place().node(name)).path();
    }

    /** The file of a pod's network namespace. */
    public Path pod(String namespace, String name) {
        return place().podNetns(namespace, name).path();
    }

    /** Where the agent of a node keeps its state. */
    public Path agentState(String node) {
        return place().node(place().node(node));
    }

    /** What the agent of a node printed. */
    public Path agentLog(String node) {
        return place().log("agent-" + node);
    }

    private LabPlace place() {
        return new LabPlace(data);
    }
}
