package dev.weir.log;

import com.google.protobuf.Message;
import dev.weir.changes.Change;
import dev.weir.changes.Delta;
import dev.weir.changes.Frontier;
import dev.weir.changes.Image;
import dev.weir.model.Key;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * The writes that become durable together. Each is decided on the image that those before it leave
 * behind; nobody is answered before the fate of the group is known, not even who is refused,
 * because the reason may be a write that never becomes durable.
 */
final class Group {
    private final RecentRequests recent;
    private final Map<String, Long> requests = new HashMap<>();
    private final List<Entry> entries = new ArrayList<>();
    private final List<Delta> deltas = new ArrayList<>();
    private final List<Answer<?>> answers = new ArrayList<>();
    private Image image;

    private record Answer<R>(Call<R> call, Function<Image, Committed<R>> value) {
        void give(Image durable) {
            call.answer(durable, value);
        }
    }

    Group(Image durable, RecentRequests recent) {
        this.image = durable;
        this.recent = recent;
    }

    /** The state once the group is durable. */
    Image image() {
        return image;
    }

    List<Entry> entries() {
        return List.copyOf(entries);
    }

    List<Delta> deltas() {
        return List.copyOf(deltas);
    }

    <R> void add(Call<R> call) {
        Write<R> write = call.write();
        String logId = image.logId();
        Optional<Long> before = carriedOut(write.requestId());
        if (before.isPresent()) {
            long revision = before.get();
            answer(
                    call,
                    durable -> new Committed<>(write.repeated(durable, revision), logId, revision));
            return;
        }
        try {
            switch (write.decide(pending())) {
                case Decision.Refuse<R>(var failure) ->
                        answer(
                                call,
                                durable -> {
                                    throw failure.asException();
                                });
                case Decision.Accept<R> accepted -> {
                    long revision = accept(accepted, write.requestId());
                    Committed<R> committed = new Committed<>(accepted.answer(), logId, revision);
                    answer(call, durable -> committed);
                }
            }
        } catch (RuntimeException e) {
            answer(
                    call,
                    durable -> {
                        throw e;
                    });
        }
    }

    private Pending pending() {
        return new Pending(image, image.revision() + 1, Collections.unmodifiableList(deltas));
    }

    private <R> void answer(Call<R> call, Function<Image, Committed<R>> value) {
        answers.add(new Answer<>(call, value));
    }

    private Optional<Long> carriedOut(String requestId) {
        return recent.find(requestId).or(() -> Optional.ofNullable(requests.get(requestId)));
    }

    /** The revision it gets, or 0 when there is nothing to write. */
    private long accept(Decision.Accept<?> accepted, String requestId) {
        long revision = image.revision() + 1;
        List<Entry.Record> records = new ArrayList<>();
        TreeMap<Key, Change> changes = new TreeMap<>();
        for (Map.Entry<Key, Optional<Message>> change : accepted.changes().entrySet()) {
            Key key = change.getKey();
            if (change.getValue().isPresent() || image.get(key).isPresent()) {
                records.add(Records.encode(change));
                changes.put(
                        key,
                        change.getValue()
                                .<Change>map(value -> new Change.Put(value, revision))
                                .orElseGet(() -> new Change.Remove(revision)));
            }
        }
        Frontier after = joined(image.after(), accepted.after());
        if (records.isEmpty() && after.equals(image.after())) {
            return 0;
        }
        Delta delta = new Delta(image.shard(), image.logId(), revision, after, changes);
        entries.add(new Entry(revision, records, requestId, after));
        deltas.add(delta);
        image = image.apply(delta);
        if (!requestId.isEmpty()) {
            requests.put(requestId, revision);
        }
        return revision;
    }

    /** Of another log, nothing that was read before counts any more. */
    private static Frontier joined(Frontier head, Frontier read) {
        if (head.includes(read)) {
            return head;
        }
        return head.logId().isEmpty() || head.logId().equals(read.logId()) ? head.max(read) : read;
    }

    /** The group is durable: its requests count as carried out. */
    void remember() {
        entries.forEach(entry -> recent.add(entry.revision(), entry.requestId()));
    }

    /**
     * Tells everyone what came of their write, each in a thread of its own: they may hold it up.
     */
    void answer(Image durable) {
        answers.forEach(answer -> Thread.startVirtualThread(() -> answer.give(durable)));
        answers.clear();
    }

    /** Tells everyone who has not been told that it came to nothing, or may have. */
    void fail(Throwable cause) {
        answers.forEach(answer -> Thread.startVirtualThread(() -> answer.call().fail(cause)));
        answers.clear();
    }
}
