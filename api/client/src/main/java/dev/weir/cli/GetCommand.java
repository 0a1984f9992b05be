package dev.weir.cli;

import com.google.protobuf.Message;
import dev.weir.client.Watch;
import dev.weir.client.WatchEvent;
import dev.weir.client.WeirClient;
import dev.weir.model.ClusterIpView;
import dev.weir.model.Failure;
import dev.weir.model.FailureException;
import dev.weir.model.Key;
import dev.weir.model.Kinds;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Shows objects. */
@Command(name = "get", description = "show one object or many")
final class GetCommand implements Callable<Integer> {
    private final Session session;

    @Mixin private ConnectOptions connect = new ConnectOptions();
    @Mixin private NamespaceOptions namespace = new NamespaceOptions();
    @Mixin private OutputOptions output = new OutputOptions();

    @Option(
            names = {"-A", "--all-namespaces"},
            description = "of every namespace")
    private boolean all;

    @Option(
            names = {"-l", "--selector"},
            paramLabel = "SELECTOR",
            defaultValue = "",
            description = "with these labels, e.g. app=web,tier in (a,b)")
    private String selector = "";

    @Option(
            names = {"-w", "--watch"},
            description = "go on and show changes")
    private boolean watch;

    @Option(names = "--ignore-not-found", description = "exit 0 for an object that is not there")
    private boolean ignoreNotFound;

    @Parameters(paramLabel = "TYPE[,TYPE] [NAME...] | TYPE/NAME...", arity = "0..*")
    private List<String> words = List.of();

    GetCommand(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() {
        List<Resource> resources = Resource.parseShown(words);
        boolean named = resources.getFirst().name().isPresent();
        if (named && all) {
            throw new CliError("a resource cannot be retrieved by name across all namespaces");
        }
        if (named && !selector.isEmpty()) {
            throw new CliError("name cannot be provided when a selector is specified");
        }
        boolean namespaces = all && resources.stream().anyMatch(r -> r.kind().namespaced());
        boolean severalTypes =
                resources.stream().map(r -> r.kind().name() + r.endpoints()).distinct().count() > 1;
        Printer printer = new Printer(session.out(), output, namespaces, severalTypes);
        try (WeirClient client = session.client(connect)) {
            if (watch) {
                return watch(client, resources, printer);
            }
            List<Shown> found = new ArrayList<>();
            boolean complete = true;
            for (Resource resource : resources) {
                complete &= read(client, resource, printer.wide(), found);
            }
            boolean single = named && resources.size() == 1;
            if (!found.isEmpty() || complete && !single && !printer.columns()) {
                printer.print(found, !single);
            } else if (complete && !named) {
                sayNothingFound(resources);
            }
            return complete ? 0 : 1;
        }
    }

    /** False after an error, which has been printed. */
    private boolean read(WeirClient client, Resource resource, boolean wide, List<Shown> found) {
        try {
            if (resource.endpoints()) {
                found.addAll(
                        EndpointsView.read(
                                client,
                                all ? "" : namespace.orDefault(),
                                resource.name(),
                                selector,
                                session.clock().instant()));
                return true;
            }
            if (resource.kind().equals(ClusterIpView.KIND)) {
                found.addAll(
                        IpAddressesView.read(
                                client, resource.name(), selector, session.clock().instant()));
                return true;
            }
            String in = all ? "" : namespace.of(resource.kind());
            List<Message> objects =
                    resource.name().isPresent()
                            ? List.of(client.get(resource.kind(), in, resource.name().get()))
                            : client.list(resource.kind(), in, selector).items();
            objects.forEach(object -> found.add(Shown.of(object, wide, session.clock().instant())));
            return true;
        } catch (FailureException e) {
            if (ignoreNotFound && e.failure().reason() == Failure.Reason.NOT_FOUND) {
                return true;
            }
            session.err().println(Errors.describe(e));
            return false;
        }
    }

    private void sayNothingFound(List<Resource> resources) {
        boolean namespaced = resources.stream().anyMatch(r -> r.kind().namespaced());
        session.err()
                .println(
                        all || !namespaced
                                ? "No resources found"
                                : "No resources found in " + namespace.orDefault() + " namespace.");
    }

    /** Rows as they change, until interrupted; the last state of an object that is deleted. */
    private int watch(WeirClient client, List<Resource> resources, Printer printer) {
        Resource resource = resources.getFirst();
        if (resources.size() > 1
                || resource.endpoints()
                || resource.kind().equals(ClusterIpView.KIND)) {
            throw new CliError(
                    "you may only watch a single resource or type of resource at a time");
        }
        Map<Key, Message> known = new HashMap<>();
        String in = all ? "" : namespace.of(resource.kind());
        resource.name().ifPresent(name -> client.get(resource.kind(), in, name));
        try (Watch<WatchEvent> events = client.watch(resource.kind(), in, selector)) {
            List<Shown> first = new ArrayList<>();
            boolean inSync = false;
            while (events.hasNext()) {
                switch (events.next()) {
                    case WatchEvent.Put(var object, var revision) -> {
                        if (!isWanted(resource, Resource.metadata(object).getName())) {
                            continue;
                        }
                        known.put(key(object), object);
                        Shown shown = Shown.of(object, printer.wide(), session.clock().instant());
                        if (inSync) {
                            printer.print(List.of(shown), false);
                        } else {
                            first.add(shown);
                        }
                    }
                    case WatchEvent.Remove(var key, var revision) -> {
                        Message last = known.remove(key);
                        if (last != null) {
                            printer.print(
                                    List.of(
                                            Shown.of(
                                                    last,
                                                    printer.wide(),
                                                    session.clock().instant())),
                                    false);
                        }
                    }
                    case WatchEvent.Bookmark bookmark -> {
                        if (!inSync) {
                            first.forEach(
                                    shown -> {
                                        if (!printer.columns()) {
                                            printer.print(List.of(shown), false);
                                        }
                                    });
                            if (printer.columns()) {
                                printer.print(first, false);
                            }
                            inSync = true;
                        }
                    }
                }
            }
        }
        return 0;
    }

    private static boolean isWanted(Resource resource, String name) {
        return resource.name().map(name::equals).orElse(true);
    }

    private static Key key(Message object) {
        var metadata = Resource.metadata(object);
        return Kinds.of(object).key(metadata.getNamespace(), metadata.getName());
    }
}
