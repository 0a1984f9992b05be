package dev.weir.cli;

import com.google.protobuf.Message;
import dev.weir.client.Watch;
import dev.weir.client.WatchEvent;
import dev.weir.client.WeirClient;
import dev.weir.model.Key;
import dev.weir.model.Kind;
import dev.weir.model.Kinds;
import dev.weir.model.Manifests;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.LinkedBlockingQueue;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** One line per change of any object, until interrupted. */
@Command(name = "watch", description = "one line per change of any object")
final class WatchCommand implements Callable<Integer> {
    /** Changes read and not printed yet; the watches wait when there are more. */
    private static final int WAITING = 1000;

    private final Session session;

    @Mixin private ConnectOptions connect = new ConnectOptions();

    @Option(names = "--events", required = true, description = "show changes as they happen")
    private boolean events;

    @Option(
            names = {"-o", "--output"},
            paramLabel = "json",
            defaultValue = "",
            description = "json: one object per line")
    private String output = "";

    /** What happened to an object, or why a watch ended. */
    private record Line(Kind kind, WatchEvent event, @Nullable RuntimeException end) {}

    WatchCommand(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() throws InterruptedException {
        if (!output.isEmpty() && !output.equals("json")) {
            throw new CliError(
                    "unknown output format \"" + output + "\", allowed formats are: json");
        }
        BlockingQueue<Line> lines = new LinkedBlockingQueue<>(WAITING);
        try (WeirClient client = session.client(connect)) {
            for (Kind kind : Kinds.ALL) {
                if (!kind.internal()) {
                    Thread.ofVirtual().start(() -> follow(client, kind, lines));
                }
            }
            Map<Key, Message> known = new HashMap<>();
            Map<String, Boolean> inSync = new HashMap<>();
            while (true) {
                Line line = lines.take();
                if (line.end() != null) {
                    throw line.end();
                }
                show(line, known, inSync);
            }
        }
    }

    /** Runs on a thread of its own for each kind. */
    private static void follow(WeirClient client, Kind kind, BlockingQueue<Line> lines) {
        WatchEvent none = new WatchEvent.Bookmark(0, "", false);
        try {
            try (Watch<WatchEvent> watch = client.watch(kind, "", "")) {
                while (watch.hasNext()) {
                    lines.put(new Line(kind, watch.next(), null));
                }
                lines.put(new Line(kind, none, new CliError("the server ended the watch")));
            } catch (RuntimeException e) {
                lines.put(new Line(kind, none, e));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void show(Line line, Map<Key, Message> known, Map<String, Boolean> inSync) {
        boolean live = inSync.getOrDefault(line.kind().name(), false);
        switch (line.event()) {
            case WatchEvent.Put(var object, var revision) -> {
                var metadata = Resource.metadata(object);
                Key key = line.kind().key(metadata.getNamespace(), metadata.getName());
                boolean added = known.put(key, object) == null;
                if (live) {
                    print(added ? "ADDED" : "MODIFIED", key, revision, Manifests.tree(object));
                }
            }
            case WatchEvent.Remove(var key, var revision) -> {
                Message last = known.remove(key);
                if (live && last != null) {
                    print("DELETED", key, revision, Manifests.tree(last));
                }
            }
            case WatchEvent.Bookmark bookmark -> inSync.put(line.kind().name(), true);
        }
    }

    private void print(String what, Key key, long revision, Map<String, Object> tree) {
        if (output.equals("json")) {
            session.out()
                    .println(CompactJson.of(new TreeMap<>(Map.of("type", what, "object", tree))));
        } else {
            List<String> row =
                    List.of(
                            session.clock().instant().toString(),
                            what,
                            key.kind() + " " + key.qualifiedName(),
                            Long.toString(revision));
            session.out().println(String.join("  ", row));
        }
        session.out().flush();
    }
}
