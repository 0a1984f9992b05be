package dev.weir.cli;

import dev.weir.client.FakeServer;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.Map;

/** A command that was typed, and what it left behind. */
record CommandLineEnd(int code, String out, String err) {
    static CommandLineEnd of(FakeServer server, Clock clock, String... args) {
        return ofInput(server, clock, "", args);
    }

    /**
     * @param input what the command can read
     */
    static CommandLineEnd ofInput(FakeServer server, Clock clock, String input, String... args) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        int code = Commands.run(session(server, clock, input, out, err), args);
        return new CommandLineEnd(
                code, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    }

    static Session session(
            FakeServer server, Clock clock, String input, OutputStream out, OutputStream err) {
        return new Session(
                Map.of("WEIR_SERVER", server.address().toString()),
                new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8)),
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8),
                clock);
    }
}
