package dev.weir.cli;

import java.io.ByteArrayInputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/**
 * Runs the commands that people type most, against an empty server, and shows nothing: the JVM that
 * records this starts them quickly from then on.
 */
@Command(name = "rehearse", hidden = true, description = "run the usual commands once, silently")
final class RehearseCommand implements Callable<Integer> {
    private static final String MANIFEST =
            """
            apiVersion: v1
            kind: Service
            metadata: {name: rehearsal}
            spec:
              selector: {app: rehearsal}
              ports: [{port: 80, targetPort: 8080}]
            ---
            apiVersion: networking.k8s.io/v1
            kind: NetworkPolicy
            metadata: {name: rehearsal}
            spec: {podSelector: {}}
            """;

    private static final String[][] COMMANDS = {
        {"apply", "-f", "-"},
        {"get", "services,pods,networkpolicies,nodes,namespaces", "-o", "wide", "-A"},
        {"get", "svc", "rehearsal", "-o", "yaml"},
        {"get", "svc", "-o", "jsonpath={range .items[*]}{.metadata.name}{end}"},
        {"get", "endpoints,endpointslices", "--show-labels"},
        {"get", "svc", "missing"},
        {"describe", "service", "rehearsal"},
        {"wait", "--for=delete", "pod/missing", "--timeout=1s"},
        {"status"},
        {"delete", "-f", "-", "--ignore-not-found"},
        {"lab", "status"},
    };

    private final Session session;

    RehearseCommand(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() {
        PrintStream nowhere = new PrintStream(OutputStream.nullOutputStream());
        for (String[] command : COMMANDS) {
            Session silent =
                    new Session(
                            session.environment(),
                            new ByteArrayInputStream(MANIFEST.getBytes(StandardCharsets.UTF_8)),
                            nowhere,
                            nowhere,
                            session.clock());
            int ignored = Commands.run(silent, command);
            assert ignored >= 0;
        }
        return 0;
    }
}
