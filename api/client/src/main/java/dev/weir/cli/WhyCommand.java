package dev.weir.cli;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.weir.client.WeirClient;
import dev.weir.model.Kind;
import dev.weir.model.Kinds;
import dev.weir.node.v1.WhyRequest;
import dev.weir.node.v1.WhyResponse;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Where a connection would go, and why; from a node, which has asked its kernel, too. */
@Command(
        name = "why",
        description = "where a connection goes, and why; what the node has programmed for it")
final class WhyCommand implements Callable<Integer> {
    private static final List<String> PROTOCOLS = List.of("TCP", "UDP", "SCTP");
    private static final List<Kind> SOURCES = List.of(Kinds.POD, Kinds.NODE);
    private static final List<Kind> DESTINATIONS = List.of(Kinds.SERVICE, Kinds.POD, Kinds.NODE);

    private final Session session;

    @Mixin private ConnectOptions connect = new ConnectOptions();
    @Mixin private NamespaceOptions namespace = new NamespaceOptions();
    @Mixin private JsonOption json = new JsonOption();

    @Parameters(
            index = "0",
            paramLabel = "SRC",
            description = "pod/NAME, node/NAME, NAME (a pod, else a node), an address, or external")
    private String source = "";

    @Parameters(
            index = "1",
            paramLabel = "DST[:PORT]",
            description =
                    "service/NAME, pod/NAME, node/NAME, NAME (a service, else a pod), a name as in"
                        + " DNS, or an address, [ADDRESS]:PORT for IPv6; default: its only port")
    private String destination = "";

    @Option(
            names = "--protocol",
            paramLabel = "TCP|UDP|SCTP",
            defaultValue = "TCP",
            description = "default: TCP")
    private String protocol = "TCP";

    @Option(
            names = "--node",
            paramLabel = "NODE",
            defaultValue = "",
            description = "where the connection of an outside client arrives; default: any node")
    private String node = "";

    WhyCommand(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() throws InvalidProtocolBufferException {
        boolean asJson = json.isJson();
        WhyRequest question = question();
        try (WeirClient client = session.client(connect)) {
            WhyResponse why = client.why(question);
            session.out().print(asJson ? JsonOption.text(why) : WhyText.of(why));
            session.out().flush();
        }
        return 0;
    }

    private WhyRequest question() {
        String upper = protocol.toUpperCase(Locale.ROOT);
        if (!PROTOCOLS.contains(upper)) {
            throw new CliError("unknown protocol \"" + protocol + "\": give one of TCP, UDP, SCTP");
        }
        Target to = Target.parse(destination, DESTINATIONS);
        return WhyRequest.newBuilder()
                .setSource(Target.parseName(source, SOURCES))
                .setDestination(to.name())
                .setPort(to.port())
                .setProtocol(upper)
                .setNamespace(namespace.orDefault())
                .setNode(node)
                .build();
    }
}
