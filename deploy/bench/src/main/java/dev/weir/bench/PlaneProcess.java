package dev.weir.bench;

import dev.weir.cli.CliError;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A {@link PlaneMain} in a namespace, as a process of its own: its CPU is only its own. */
final class PlaneProcess implements AutoCloseable {
    private final Process process;
    private final BufferedWriter orders;
    private final BufferedReader answers;

    private PlaneProcess(Process process) {
        this.process = process;
        this.orders = process.outputWriter();
        this.answers = process.inputReader();
    }

    /**
     * @param heap as in {@code -Xmx}; an agent's is 128m
     */
    static PlaneProcess start(String namespace, String heap) throws IOException {
        List<String> command = java(List.of("-Xmx" + heap), PlaneMain.class);
        Process process =
                new ProcessBuilder(Workplace.inside(namespace, command))
                        .redirectError(ProcessBuilder.Redirect.INHERIT)
                        .start();
        return new PlaneProcess(process);
    }

    /** The command that runs a main class of here in a JVM such as this. */
    static List<String> java(List<String> options, Class<?> main) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
                .filter(PlaneProcess::isGeneral)
                .forEach(command::add);
        command.add("--enable-native-access=ALL-UNNAMED");
        command.addAll(options);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
        return command;
    }

    /** The collector, the compiler and the like, with which Weir's own programs run too. */
    private static boolean isGeneral(String option) {
        return option.startsWith("-XX:") && !option.startsWith("-XX:AOT")
                || option.startsWith("-Xlog");
    }

    /** Throws CliError when it failed; why, it has printed. */
    String ask(String order) throws IOException {
        orders.write(order + "\n");
        orders.flush();
        String answer = answers.readLine();
        if (answer == null) {
            throw new CliError("the nft plane failed at: " + order);
        }
        return answer;
    }

    @Override
    public void close() throws IOException, InterruptedException {
        try {
            orders.close();
        } catch (IOException _) {
            // It has ended already.
        }
        process.destroy();
        process.waitFor();
    }
}
