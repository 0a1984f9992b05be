package dev.weir.cli;

import dev.weir.model.Kind;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which namespace is meant. */
public final class NamespaceOptions {
    static final String DEFAULT = "default";

    @Option(
            names = {"-n", "--namespace"},
            paramLabel = "NS",
            description = "namespace; default: default")
    @Nullable String namespace;

    /** The namespace that was named, or the default one. */
    public String orDefault() {
        return namespace == null || namespace.isEmpty() ? DEFAULT : namespace;
    }

    /** Empty for kinds that have no namespaces. */
    String of(Kind kind) {
        return kind.namespaced() ? orDefault() : "";
    }
}
