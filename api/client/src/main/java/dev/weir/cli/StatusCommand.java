package dev.weir.cli;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.weir.client.WeirClient;
import dev.weir.model.Key;
import dev.weir.model.Shards;
import dev.weir.node.v1.NodeReport;
import dev.weir.node.v1.StatusResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** What each node has programmed. */
@Command(
        name = "status",
        description = "every node: is it there, what has it programmed, what could it not")
final class StatusCommand implements Callable<Integer> {
    private final Session session;

    @Mixin private ConnectOptions connect = new ConnectOptions();
    @Mixin private JsonOption json = new JsonOption();

    StatusCommand(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() throws InvalidProtocolBufferException {
        boolean asJson = json.isJson();
        try (WeirClient client = session.client(connect)) {
            StatusResponse status = client.status();
            if (asJson) {
                session.out().print(JsonOption.text(status));
                return 0;
            }
            List<List<String>> rows = new ArrayList<>();
            rows.add(List.of("NODE", "STATUS", "PROGRAMMED", "BEHIND", "PROBLEMS"));
            status.getNodesList().forEach(node -> rows.add(row(node, status)));
            session.out().print(new Table().format(rows));
        }
        return 0;
    }

    private static List<String> row(NodeReport node, StatusResponse status) {
        TreeMap<String, Long> programmed = new TreeMap<>(node.getProgrammed().getRevisionsMap());
        long behind =
                status.getHead().getRevisionsMap().entrySet().stream()
                        .filter(e -> concerns(node, e.getKey()))
                        .mapToLong(
                                e ->
                                        Math.max(
                                                0,
                                                e.getValue()
                                                        - programmed.getOrDefault(e.getKey(), 0L)))
                        .sum();
        String problems =
                node.getProblemsList().stream()
                        .map(p -> Key.of(p.getKey()) + " (" + p.getPlane() + "): " + p.getReason())
                        .collect(Collectors.joining("; "));
        return List.of(
                node.getProxy().isEmpty() ? node.getNodeName() : node.getProxy(),
                node.getReachable() ? "Reachable" : "Unreachable",
                Columns.labels(
                        programmed.entrySet().stream()
                                .collect(
                                        Collectors.toMap(
                                                e -> e.getKey(), e -> e.getValue().toString()))),
                Long.toString(behind),
                Columns.orNone(problems));
    }

    /** Whether it follows the shard: a proxy judges by no policies, a node has no Secrets. */
    private static boolean concerns(NodeReport node, String shard) {
        return !shard.equals(node.getProxy().isEmpty() ? Shards.SECRET : Shards.POLICY);
    }
}
