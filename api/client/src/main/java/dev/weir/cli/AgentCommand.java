package dev.weir.cli;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * Runs the node agent in the foreground. The launcher starts it without this command in between;
 * this one says what there is to set.
 */
@Command(name = "agent", description = "run the node agent")
final class AgentCommand implements Callable<Integer> {
    private final Session session;

    @Option(
            names = "--join",
            required = true,
            paramLabel = "ADDRESS[,ADDRESS]",
            description =
                    "the control plane: unix:///PATH or HOST:PORT; of several replicas the first"
                            + " that answers")
    private String join = "";

    @Option(
            names = "--source",
            defaultValue = "stream",
            description =
                    "where the state comes from: stream, of the control plane, or kafka; default:"
                            + " stream")
    private String source = "";

    @Option(
            names = "--kafka",
            defaultValue = "",
            paramLabel = "HOST:PORT[,HOST:PORT]",
            description = "the brokers, for --source kafka")
    private String kafka = "";

    @Option(
            names = "--cluster",
            defaultValue = "weir",
            description = "what the topics' names begin with; default: weir")
    private String cluster = "";

    @Option(names = "--node-name", defaultValue = "", description = "default: the host's name")
    private String nodeName = "";

    @Option(
            names = "--node-ip",
            defaultValue = "",
            paramLabel = "ADDRESS[,ADDRESS]",
            description = "one per family; default: of the default route")
    private String nodeIp = "";

    @Option(
            names = "--planes",
            defaultValue = "nft,dns,l2",
            description = "default: nft,dns,l2; l7 alone in an agent that is a pod")
    private String planes = "";

    @Option(names = "--fabric", defaultValue = "direct", description = "default: direct")
    private String fabric = "";

    @Option(
            names = "--data",
            defaultValue = "/var/lib/weir",
            paramLabel = "DIR",
            description = "state of this node; default: /var/lib/weir")
    private String data = "";

    @Option(
            names = "--cni-socket",
            defaultValue = "",
            paramLabel = "PATH",
            description = "where the CNI plug-in asks")
    private String cniSocket = "";

    @Option(
            names = "--pod",
            defaultValue = "",
            paramLabel = "NAMESPACE/NAME",
            description = "the pod that this agent is; for the plane l7")
    private String pod = "";

    @Option(
            names = "--l7",
            paramLabel = "NAME=VALUE",
            description = "a setting of the plane l7, e.g. access-log=stdout")
    private Map<String, String> l7 = new LinkedHashMap<>();

    AgentCommand(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        Map<String, String> settings = new LinkedHashMap<>();
        settings.put("weir.agent.join", join);
        settings.put("weir.agent.source", source);
        settings.put("weir.agent.kafka", kafka);
        settings.put("weir.agent.cluster", cluster);
        settings.put("weir.agent.node-name", nodeName);
        settings.put("weir.agent.node-ip", nodeIp);
        settings.put("weir.agent.planes", planes);
        settings.put("weir.agent.fabric", fabric);
        settings.put("weir.agent.data", data);
        settings.put("weir.agent.cni-socket", cniSocket);
        settings.put("weir.agent.pod", pod);
        l7.forEach((name, value) -> settings.put("weir.agent.l7." + name, value));
        session.out().flush();
        return new ProcessBuilder(Launcher.of(session).command("agent", settings))
                .inheritIO()
                .start()
                .waitFor();
    }
}
