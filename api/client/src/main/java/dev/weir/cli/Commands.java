package dev.weir.cli;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.function.Function;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.ParameterException;

/**
 * Finds the command that was typed and runs it. Makes no other command: each costs start-up time.
 */
final class Commands {
    private static final Map<String, Function<Session, Object>> BUILT_IN = new LinkedHashMap<>();

    static {
        BUILT_IN.put("get", GetCommand::new);
        BUILT_IN.put("describe", DescribeCommand::new);
        BUILT_IN.put("apply", ApplyCommand::new);
        BUILT_IN.put("delete", DeleteCommand::new);
        BUILT_IN.put("wait", WaitCommand::new);
        BUILT_IN.put("watch", WatchCommand::new);
        BUILT_IN.put("up", UpCommand::new);
        BUILT_IN.put("down", DownCommand::new);
        BUILT_IN.put("agent", AgentCommand::new);
        BUILT_IN.put("status", StatusCommand::new);
        BUILT_IN.put("why", WhyCommand::new);
        BUILT_IN.put("rehearse", RehearseCommand::new);
        for (String reserved : ReservedCommand.WORDS) {
            BUILT_IN.put(reserved, session -> new ReservedCommand(session, reserved));
        }
    }

    @Command(
            name = "weir",
            description = "Kubernetes networking without Kubernetes",
            versionProvider = Version.class,
            synopsisSubcommandLabel = "COMMAND")
    private static final class Root {}

    private Commands() {}

    /** The exit code: 0, what the command says, or 1 for anything that went wrong. */
    static int run(Session session, String... words) {
        String[] args = LeadingFlags.behindCommand(words, Set.of("lab"));
        CommandLine line = commandLine(session, args.length == 0 ? "" : args[0]);
        if (args.length == 0) {
            line.usage(session.out());
            return 1;
        }
        return line.execute(withWaitValue(args));
    }

    private static CommandLine commandLine(Session session, String first) {
        CommandLine root = new CommandLine(new Root());
        Function<Session, Object> wanted = BUILT_IN.get(first);
        if (wanted != null) {
            root.addSubcommand(first, wanted.apply(session));
        } else {
            Map<String, Function<Session, Object>> all = new LinkedHashMap<>(BUILT_IN);
            ServiceLoader.load(CommandProvider.class).forEach(p -> all.putAll(p.commands()));
            if (all.containsKey(first)) {
                all.keySet().retainAll(java.util.List.of(first));
            }
            all.forEach((name, command) -> root.addSubcommand(name, command.apply(session)));
        }
        addHelp(root);
        root.setOut(new java.io.PrintWriter(session.out(), true));
        root.setErr(new java.io.PrintWriter(session.err(), true));
        root.setCaseInsensitiveEnumValuesAllowed(true);
        root.setParameterExceptionHandler((e, args) -> usageError(session, e));
        root.setExecutionExceptionHandler(
                (e, command, result) -> {
                    session.out().flush();
                    session.err().println(Errors.describe(e));
                    return 1;
                });
        return root;
    }

    private static void addHelp(CommandLine line) {
        if (!line.getCommandSpec().mixinStandardHelpOptions()) {
            line.getCommandSpec().mixinStandardHelpOptions(true);
        }
        line.getSubcommands().values().forEach(Commands::addHelp);
    }

    private static int usageError(Session session, ParameterException e) {
        String path = e.getCommandLine().getCommandSpec().qualifiedName();
        session.err().println("error: " + words(e));
        session.err().println("See '" + path + " --help' for usage.");
        return 1;
    }

    private static String words(ParameterException e) {
        if (e instanceof CommandLine.UnmatchedArgumentException unmatched) {
            String first = unmatched.getUnmatched().getFirst();
            boolean root = e.getCommandLine().getParent() == null;
            String path = e.getCommandLine().getCommandSpec().qualifiedName();
            if (first.startsWith("-")) {
                return "unknown flag: " + first;
            }
            return root || !e.getCommandLine().getSubcommands().isEmpty()
                    ? "unknown command \"" + first + "\" for \"" + path + "\""
                    : "unexpected argument \"" + first + "\"";
        }
        return String.valueOf(e.getMessage());
    }

    /**
     * A bare {@code --wait} means {@code --wait=all}, and never takes the next word as its value.
     */
    private static String[] withWaitValue(String[] args) {
        int end = Arrays.asList(args).indexOf("--");
        String[] result = args.clone();
        for (int i = 0; i < (end < 0 ? args.length : end); i++) {
            if (args[i].equals("--wait")) {
                result[i] = "--wait=all";
            }
        }
        return result;
    }

    /** The version of the jar. */
    static final class Version implements IVersionProvider {
        @Override
        public String[] getVersion() {
            String version = Commands.class.getPackage().getImplementationVersion();
            return new String[] {"weir " + (version == null ? "development" : version)};
        }
    }
}
