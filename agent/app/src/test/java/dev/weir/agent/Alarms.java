package dev.weir.agent;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.jboss.logmanager.ExtLogRecord;
import org.jboss.logmanager.Level;

/** The errors that the agent logs, while open. */
final class Alarms extends Handler implements AutoCloseable {
    private static final Logger AGENT = Logger.getLogger("dev.weir.agent");

    private final List<String> told = new CopyOnWriteArrayList<>();

    static Alarms open() {
        Alarms alarms = new Alarms();
        AGENT.addHandler(alarms);
        return alarms;
    }

    @Override
    public void publish(LogRecord record) {
        if (record.getLevel().intValue() >= Level.ERROR.intValue()) {
            told.add(
                    record instanceof ExtLogRecord formatted
                            ? formatted.getFormattedMessage()
                            : record.getMessage());
        }
    }

    List<String> told() {
        return told;
    }

    /** The first one. */
    String await(Duration atMost) throws InterruptedException {
        long deadline = System.nanoTime() + atMost.toNanos();
        while (told.isEmpty()) {
            assertThat(System.nanoTime()).as("an alarm within " + atMost).isLessThan(deadline);
            Thread.sleep(10);
        }
        return told.getFirst();
    }

    @Override
    public void flush() {}

    @Override
    public void close() {
        AGENT.removeHandler(this);
    }
}
