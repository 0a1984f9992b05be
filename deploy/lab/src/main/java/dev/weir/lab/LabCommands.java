package dev.weir.lab;

import dev.weir.cli.CommandProvider;
import dev.weir.cli.Session;
import java.util.Map;
import java.util.function.Function;
import picocli.CommandLine;

/** Adds {@code lab} to {@code weir}. */
public final class LabCommands implements CommandProvider {
    @Override
    public Map<String, Function<Session, Object>> commands() {
        return Map.of("lab", LabCommands::lab);
    }

    private static Object lab(Session session) {
        return new CommandLine(new LabCommand(session))
                .addSubcommand("run", new RunCommand(session));
    }
}
