package dev.weir.cli;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.logging.Level;
import java.util.logging.Logger;

/** The {@code weir} command. */
public final class Main {
    private static final Logger GRPC = Logger.getLogger("io.grpc");
    private static final Logger NETTY = Logger.getLogger("io.netty");

    private Main() {}

    public static void main(String[] args) {
        // Libraries must not write between the lines of a command; errors come back as exceptions.
        GRPC.setLevel(Level.OFF);
        NETTY.setLevel(Level.OFF);
        Session process = Session.ofProcess();
        Session session =
                new Session(
                        process.environment(),
                        process.in(),
                        stream(FileDescriptor.out),
                        stream(FileDescriptor.err),
                        process.clock());
        int code = run(session, args);
        session.out().flush();
        session.err().flush();
        System.exit(code);
    }

    /** Runs one command in this process; the exit code. */
    public static int run(Session session, String... args) {
        return Commands.run(session, args);
    }

    private static PrintStream stream(FileDescriptor descriptor) {
        return new PrintStream(new FileOutputStream(descriptor), false, StandardCharsets.UTF_8);
    }
}
