package dev.weir.cli;

import dev.weir.client.EventFeed;
import dev.weir.client.WeirClient;
import dev.weir.events.v1.CloudEvent;
import dev.weir.events.v1.FollowRequest;
import dev.weir.model.Kind;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** One line per change of any object, until interrupted. */
@Command(name = "watch", description = "one line per change of any object")
final class WatchCommand implements Callable<Integer> {
    private final Session session;

    @Mixin private ConnectOptions connect = new ConnectOptions();

    @Option(names = "--events", required = true, description = "show changes as they happen")
    private boolean events;

    @Option(
            names = {"-n", "--namespace"},
            paramLabel = "NS",
            defaultValue = "",
            description = "only objects of this namespace; default: all objects")
    private String namespace = "";

    @Option(
            names = {"-A", "--all-namespaces"},
            description = "all objects, which is the default")
    private boolean all;

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FORMAT",
            defaultValue = "",
            description = "json: one CloudEvent per line; name")
    private String output = "";

    @Parameters(paramLabel = "TYPE[,TYPE]", arity = "0..*", description = "default: all")
    private List<String> types = List.of();

    WatchCommand(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() throws InterruptedException {
        if (!List.of("", "json", "name").contains(output)) {
            throw new CliError(
                    "unable to match a printer suitable for the output format \""
                            + output
                            + "\", allowed formats are: json,name");
        }
        FollowRequest request =
                FollowRequest.newBuilder()
                        .addAllKinds(kinds())
                        .setNamespace(all ? "" : namespace)
                        .build();
        try (WeirClient client = session.client(connect)) {
            new EventFeed(client, request, new Printing()).run();
        }
        return 0;
    }

    private List<String> kinds() {
        return types.stream()
                .flatMap(types -> Resource.parse(List.of(types)).stream())
                .peek(
                        resource -> {
                            if (resource.endpoints()) {
                                throw new CliError(
                                        "endpoints are a view; watch endpointslices instead");
                            }
                            if (resource.name().isPresent()) {
                                throw new CliError("events are of types, not of single objects");
                            }
                        })
                .map(Resource::kind)
                .map(Kind::name)
                .distinct()
                .toList();
    }

    private final class Printing implements EventFeed.Listener {
        @Override
        public void event(CloudEvent event) {
            ShownEvent shown = ShownEvent.of(event);
            session.out()
                    .println(
                            switch (output) {
                                case "json" -> shown.json();
                                case "name" -> shown.name();
                                default -> shown.line(session.clock().instant());
                            });
            session.out().flush();
        }

        @Override
        public void broken(Throwable why, int tries) {
            tell("going on where it stood, try " + tries + " of " + EventFeed.TRIES, why);
        }

        @Override
        public void missed(Throwable why) {
            tell("some changes were missed; going on with those from now on", why);
        }

        private void tell(String what, Throwable why) {
            session.err().println(Errors.describe(why) + "; " + what);
            session.err().flush();
        }
    }
}
