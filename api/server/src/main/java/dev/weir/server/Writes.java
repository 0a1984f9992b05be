package dev.weir.server;

import com.google.protobuf.FieldMask;
import com.google.protobuf.Message;
import dev.weir.changes.Frontier;
import dev.weir.changes.Image;
import dev.weir.changes.Stored;
import dev.weir.core.v1.ObjectMeta;
import dev.weir.log.Decision;
import dev.weir.log.Pending;
import dev.weir.log.Write;
import dev.weir.model.Failure;
import dev.weir.model.Failure.Reason;
import dev.weir.model.Judgement;
import dev.weir.model.Key;
import dev.weir.model.Kind;
import java.time.Instant;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** The writes of one kind, as decisions on the pending image. */
record Writes(Kind kind, Admission admission) {

    /** What a request says besides the object. */
    record Terms(String requestId, long expectedRevision, Frontier after, boolean validateOnly) {}

    /**
     * The object as it stands after the write, and the revision; 0 when nothing had to be written.
     */
    record Answer(Message object, long revision) {}

    Write<Answer> create(Message requested, Terms terms, Instant now) {
        ObjectMeta asked = Fields.metadata(requested);
        String name =
                asked.getName().isEmpty() && !asked.getGenerateName().isEmpty()
                        ? asked.getGenerateName() + suffix()
                        : asked.getName();
        Key key = kind.key(asked.getNamespace(), name);
        return new ObjectWrite(key, terms) {
            @Override
            Decision<Answer> decide(Pending pending, Optional<Stored> old) {
                if (old.isPresent()) {
                    return new Decision.Refuse<>(Failure.alreadyExists(kind, name));
                }
                Message created = Metadata.created(requested, name, now);
                return switch (admission.admit(pending, Optional.empty(), created)) {
                    case Judgement.Refused<?>(var failure) -> new Decision.Refuse<>(failure);
                    case Judgement.Accepted<? extends Message>(var object) ->
                            put(Metadata.stamped(object, pending.revision()), pending);
                };
            }
        };
    }

    Write<Answer> update(Message requested, FieldMask mask, Terms terms) {
        ObjectMeta asked = Fields.metadata(requested);
        Key key = kind.key(asked.getNamespace(), asked.getName());
        return new ObjectWrite(key, terms) {
            @Override
            Decision<Answer> decide(Pending pending, Optional<Stored> old) {
                if (old.isEmpty()) {
                    return new Decision.Refuse<>(Failure.notFound(kind, key.name()));
                }
                Message before = old.get().value();
                Message merged = Metadata.updated(before, requested, mask);
                return switch (admission.admit(pending, Optional.of(before), merged)) {
                    case Judgement.Refused<?>(var failure) -> new Decision.Refuse<>(failure);
                    case Judgement.Accepted<? extends Message>(var object)
                            when object.equals(before) ->
                            unchanged(old.get());
                    case Judgement.Accepted<? extends Message>(var object) ->
                            put(Metadata.stamped(before, object, pending.revision()), pending);
                };
            }
        };
    }

    Write<Answer> delete(Key key, Terms terms) {
        return new ObjectWrite(key, terms) {
            @Override
            Decision<Answer> decide(Pending pending, Optional<Stored> old) {
                if (old.isEmpty()) {
                    return new Decision.Refuse<>(Failure.notFound(kind, key.name()));
                }
                Message before = old.get().value();
                Optional<Failure> refusal = admission.mayDelete(pending, before);
                if (refusal.isPresent()) {
                    return new Decision.Refuse<>(refusal.get());
                }
                Optional<Message> instead = admission.onDelete(pending, before);
                if (instead.isPresent() && instead.get().equals(before)) {
                    return unchanged(old.get());
                }
                if (instead.isPresent()) {
                    return put(
                            Metadata.stamped(before, instead.get(), pending.revision()), pending);
                }
                TreeMap<Key, Optional<Message>> changes = new TreeMap<>();
                changes.put(key, Optional.empty());
                return accept(changes, new Answer(before, pending.revision()));
            }
        };
    }

    private static String suffix() {
        return Long.toString(
                java.util.concurrent.ThreadLocalRandom.current()
                        .nextLong(36L * 36 * 36 * 36, 36L * 36 * 36 * 36 * 36),
                36);
    }

    /** One write of one object. */
    private abstract static class ObjectWrite implements Write<Answer> {
        private final Key key;
        private final Terms terms;

        ObjectWrite(Key key, Terms terms) {
            this.key = key;
            this.terms = terms;
        }

        abstract Decision<Answer> decide(Pending pending, Optional<Stored> old);

        @Override
        public final Decision<Answer> decide(Pending pending) {
            Optional<Stored> old = pending.image().get(key);
            if (terms.expectedRevision() != 0
                    && old.isPresent()
                    && old.get().revision() != terms.expectedRevision()) {
                return new Decision.Refuse<>(
                        new Failure(
                                Reason.CONFLICT,
                                "the object has been modified; please apply your changes to the"
                                        + " latest version and try again",
                                key.qualifiedName(),
                                java.util.List.of()));
            }
            return decide(pending, old);
        }

        Decision<Answer> put(Message object, Pending pending) {
            TreeMap<Key, Optional<Message>> changes = new TreeMap<>();
            changes.put(key, Optional.of(object));
            return accept(changes, new Answer(object, pending.revision()));
        }

        Decision<Answer> unchanged(Stored stored) {
            return accept(new TreeMap<>(), new Answer(stored.value(), 0));
        }

        Decision<Answer> accept(SortedMap<Key, Optional<Message>> changes, Answer answer) {
            return terms.validateOnly()
                    ? new Decision.Accept<>(new TreeMap<>(), Frontier.EMPTY, answer)
                    : new Decision.Accept<>(changes, Frontier.EMPTY, answer);
        }

        @Override
        public String requestId() {
            return terms.requestId();
        }

        @Override
        public Answer repeated(Image durable, long revision) {
            return durable.get(key)
                    .map(stored -> new Answer(stored.value(), revision))
                    .orElseThrow(
                            () ->
                                    Failure.of(
                                                    Reason.NOT_FOUND,
                                                    key
                                                            + " was written at revision "
                                                            + revision
                                                            + " and has been deleted since")
                                            .asException());
        }
    }
}
