package dev.weir.bench;

import dev.weir.cli.CommandProvider;
import dev.weir.cli.Session;
import java.util.Map;
import java.util.function.Function;

/** Adds {@code bench} to {@code weir}. */
public final class BenchCommands implements CommandProvider {
    @Override
    public Map<String, Function<Session, Object>> commands() {
        return Map.of("bench", BenchCommand::new);
    }
}
