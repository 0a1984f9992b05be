package dev.weir.lab;

import dev.weir.cli.CommandProvider;
import dev.weir.cli.Session;
import dev.weir.lab.demo.DemoCommand;
import java.util.Map;
import java.util.function.Function;
import picocli.CommandLine;

/** Adds {@code lab} and {@code demo} to {@code weir}. */
public final class LabCommands implements CommandProvider {
    @Override
    public Map<String, Function<Session, Object>> commands() {
        return Map.of("lab", LabCommands::lab, "demo", DemoCommand::new);
    }

    private static Object lab(Session session) {
        return new CommandLine(new LabCommand(session))
                .addSubcommand("run", new RunCommand(session));
    }
}
