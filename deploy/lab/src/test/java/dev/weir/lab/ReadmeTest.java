package dev.weir.lab;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.cli.Main;
import dev.weir.cli.Session;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What the README tells people to type, typed. */
class ReadmeTest {
    private static final String COMMAND = "deploy/weir ";

    @TempDir Path data;

    @Test
    @Timeout(180)
    void everyCommandToPlayWithWorks() throws Exception {
        Map<String, String> environment = Packaged.environment(data);
        List<String> commands = commands();
        assertThat(commands).hasSizeGreaterThan(5).last().asString().startsWith("lab down");

        try {
            for (String command : commands) {
                assertThat(run(environment, command)).as(command).isZero();
            }
        } finally {
            run(environment, "lab down");
        }
    }

    /** The lines of the block below "Play with it", without comments. */
    private static List<String> commands() throws Exception {
        String readme = Files.readString(Packaged.ROOT.resolve("README.md"));
        String block = readme.substring(readme.indexOf("## Play with it")).split("```", 3)[1];
        return block.lines()
                .filter(line -> line.startsWith(COMMAND))
                .map(line -> line.substring(COMMAND.length()).replaceFirst("\\s+#.*", ""))
                .toList();
    }

    private static int run(Map<String, String> environment, String command) {
        String[] words =
                command.replace("deploy/demo", Packaged.ROOT.resolve("deploy/demo").toString())
                        .split(" +");
        ByteArrayOutputStream output = new ByteArrayOutputStream();
        PrintStream printed = new PrintStream(output, true, StandardCharsets.UTF_8);
        Session session =
                new Session(
                        environment,
                        InputStream.nullInputStream(),
                        printed,
                        printed,
                        Clock.systemUTC());
        int code = Main.run(session, words);
        System.out.printf("$ weir %s%n%s", command, output.toString(StandardCharsets.UTF_8));
        return code;
    }
}
