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
import dev.weir.model.ShortHash;
import java.time.Instant;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;

/**
 * The writes of one kind, as decisions on the pending image. The answer is the object as it stands
 * after the write, for a delete as it was before.
 */
record Writes(Kind kind, Admission admission) {
    /** Characters that complete a generated name, as in Kubernetes. */
    private static final int SUFFIX_LENGTH = 5;

    /** What a request says besides the object. */
    record Terms(String requestId, long expectedRevision, boolean validateOnly) {}

    Write<Message> create(Message requested, Terms terms, Instant now) {
        ObjectMeta asked = Fields.metadata(requested);
        String name =
                asked.getName().isEmpty() && !asked.getGenerateName().isEmpty()
                        ? asked.getGenerateName() + suffix(terms.requestId())
                        : asked.getName();
        Key key = kind.key(asked.getNamespace(), name);
        return new ObjectWrite(key, terms) {
            @Override
            Decision<Message> decide(Pending pending, Optional<Stored> old) {
                if (old.isPresent()) {
                    return new Decision.Refuse<>(Failure.alreadyExists(kind, name));
                }
                Message created = Metadata.created(requested, name, now);
                return switch (admission.admit(pending, Optional.empty(), created)) {
                    case Judgement.Refused<?>(var failure) -> new Decision.Refuse<>(failure);
                    case Judgement.Accepted<? extends Message>(var object) ->
                            put(Metadata.stamped(object, pending.revision()));
                };
            }
        };
    }

    Write<Message> update(Message requested, FieldMask mask, Terms terms) {
        ObjectMeta asked = Fields.metadata(requested);
        Key key = kind.key(asked.getNamespace(), asked.getName());
        return new ObjectWrite(key, terms) {
            @Override
            Decision<Message> decide(Pending pending, Optional<Stored> old) {
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
                            put(Metadata.stamped(before, object, pending.revision()));
                };
            }
        };
    }

    Write<Message> delete(Key key, Terms terms) {
        return new ObjectWrite(key, terms) {
            @Override
            Decision<Message> decide(Pending pending, Optional<Stored> old) {
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
                    return put(Metadata.stamped(before, instead.get(), pending.revision()));
                }
                TreeMap<Key, Optional<Message>> changes = new TreeMap<>();
                changes.put(key, Optional.empty());
                return accept(changes, before);
            }

            @Override
            public Message repeated(Image durable, long revision) {
                return durable.get(key).map(Stored::value).orElse(kind.prototype());
            }
        };
    }

    /** The same for a request that is repeated. */
    private static String suffix(String requestId) {
        String of = requestId.isEmpty() ? UUID.randomUUID().toString() : requestId;
        return ShortHash.of(of).substring(0, SUFFIX_LENGTH);
    }

    /** One write of one object. */
    private abstract static class ObjectWrite implements Write<Message> {
        private final Key key;
        private final Terms terms;

        ObjectWrite(Key key, Terms terms) {
            this.key = key;
            this.terms = terms;
        }

        abstract Decision<Message> decide(Pending pending, Optional<Stored> old);

        @Override
        public final Decision<Message> decide(Pending pending) {
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

        Decision<Message> put(Message object) {
            TreeMap<Key, Optional<Message>> changes = new TreeMap<>();
            changes.put(key, Optional.of(object));
            return accept(changes, object);
        }

        Decision<Message> unchanged(Stored stored) {
            return accept(new TreeMap<>(), stored.value());
        }

        Decision<Message> accept(SortedMap<Key, Optional<Message>> changes, Message answer) {
            return terms.validateOnly()
                    ? new Decision.Accept<>(new TreeMap<>(), Frontier.EMPTY, answer)
                    : new Decision.Accept<>(changes, Frontier.EMPTY, answer);
        }

        @Override
        public String requestId() {
            return terms.requestId();
        }

        @Override
        public Message repeated(Image durable, long revision) {
            return durable.get(key)
                    .map(Stored::value)
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
