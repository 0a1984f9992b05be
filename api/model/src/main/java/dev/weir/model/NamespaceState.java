package dev.weir.model;

import dev.weir.model.Failure.Reason;
import java.util.List;
import java.util.Optional;

/** What a writer knows of the namespace that a new object names. */
public enum NamespaceState {
    ABSENT,
    ACTIVE,
    TERMINATING;

    /**
     * Why no object may be created there, in Kubernetes' words. Updates and deletes are always
     * allowed.
     */
    public Optional<Failure> refusal(Kind kind, String namespace, String name) {
        return switch (this) {
            case ACTIVE -> Optional.empty();
            case ABSENT -> Optional.of(Failure.notFound(Kinds.NAMESPACE, namespace));
            case TERMINATING ->
                    Optional.of(
                            new Failure(
                                    Reason.FORBIDDEN,
                                    "%s \"%s\" is forbidden: unable to create new content in namespace %s because it is being terminated"
                                            .formatted(kind.plural(), name, namespace),
                                    name,
                                    List.of()));
        };
    }
}
