package dev.weir.cli;

import com.google.protobuf.Message;
import dev.weir.client.WeirClient;
import dev.weir.model.FailureException;
import dev.weir.net.v1.Service;
import java.util.List;
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
                        session.out().print(describe(client, object));
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

    private String describe(WeirClient client, Message object) {
        return object instanceof Service service
                ? Description.of(
                        service, ServiceFacts.read(client, service, session.clock().instant()))
                : Description.of(object);
    }
}
