package dev.weir.lab.demo;

import dev.weir.cli.CommandProvider;
import dev.weir.cli.Session;
import java.util.Map;
import java.util.function.Function;

/** Adds {@code demo} to {@code weir}. */
public final class DemoCommands implements CommandProvider {
    @Override
    public Map<String, Function<Session, Object>> commands() {
        return Map.of("demo", DemoCommand::new);
    }
}
