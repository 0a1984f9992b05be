package dev.weir.cli;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which Weir is meant. */
public final class ConnectOptions {
    @Option(
            names = "--server",
            paramLabel = "ADDRESS[,ADDRESS]",
            description =
                    "unix:///PATH or HOST:PORT; of several the first that answers; default:"
                            + " $$WEIR_SERVER, else what DATA/server says")
    @Nullable String server;

    @Option(
            names = "--data",
            paramLabel = "DIR",
            description = "state directory; default: $$WEIR_DATA, else ~/.weir")
    @Nullable String data;
}
