package dev.weir.cli;

import com.google.protobuf.Message;
import dev.weir.client.WeirClient;
import dev.weir.model.Failure;
import dev.weir.model.FailureException;
import dev.weir.net.v1.Service;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Shows one object for people to read. */
@Command(name = "describe", description = "show one object in words")
final class DescribeCommand implements Callable<Integer> {
    private final Session session;

    @Mixin private ConnectOptions connect = new ConnectOptions();
    @Mixin private NamespaceOptions namespace = new NamespaceOptions();

    @Parameters(paramLabel = "TYPE [NAME...] | TYPE/NAME...", arity = "0..*")
    private List<String> words = List.of();

    DescribeCommand(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() {
        boolean complete = true;
        boolean first = true;
        try (WeirClient client = session.client(connect)) {
            for (Resource resource : Resource.parse(words)) {
                String in = namespace.of(resource.kind());
                try {
                    List<Message> objects =
                            resource.name().isPresent()
                                    ? List.of(
                                            client.get(resource.kind(), in, resource.name().get()))
                                    : client.list(resource.kind(), in, "").items();
                    for (Message object : objects) {
                        session.out().print(first ? "" : "\n\n");
                        session.out().print(Description.of(object, endpoints(client, object)));
                        first = false;
                    }
                } catch (FailureException e) {
                    session.err().println(Errors.describe(e));
                    complete = false;
                }
            }
        }
        return complete ? 0 : 1;
    }

    /** What the ENDPOINTS cell of a Service's Endpoints shows. */
    private String endpoints(WeirClient client, Message object) {
        if (!(object instanceof Service service)) {
            return "";
        }
        try {
            return EndpointsView.read(
                            client,
                            service.getMetadata().getNamespace(),
                            Optional.of(service.getMetadata().getName()),
                            "",
                            session.clock().instant())
                    .stream()
                    .map(shown -> shown.cells().get(1))
                    .findFirst()
                    .orElse(Columns.NONE);
        } catch (FailureException e) {
            if (e.failure().reason() == Failure.Reason.NOT_FOUND) {
                return Columns.NONE;
            }
            throw e;
        }
    }
}
