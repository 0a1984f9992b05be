package dev.weir.agent.l7.proxy;

import dev.weir.agent.l7.proxy.ProxySettings.AccessLogTarget;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/** Writes a line for each request, on a thread of its own. */
final class AccessLog implements AutoCloseable {
    /** Bytes that go to the writer at once. */
    static final int BATCH = 64 << 10;

    private static final Logger LOG = Logger.getLogger(AccessLog.class);

    /** Batches that may wait for the writer. */
    private static final int WAITING = 64;

    private static final Duration CLOSE_LIMIT = Duration.ofSeconds(2);

    private record Batch(byte[] bytes, int length) {}

    private final AccessLogTarget target;
    private final BlockingQueue<Batch> full = new ArrayBlockingQueue<>(WAITING);
    private final BlockingQueue<byte[]> empty = new ArrayBlockingQueue<>(WAITING);
    private final AtomicLong dropped = new AtomicLong();
    private final Thread writer;
    private @Nullable OutputStream out;
    private @Nullable Object fileKey;
    private volatile boolean closed;

    AccessLog(AccessLogTarget target) {
        this.target = target;
        this.writer = Thread.ofPlatform().daemon().name("weir-l7-log").unstarted(this::run);
        if (isOn()) {
            writer.start();
        }
    }

    boolean isOn() {
        return !(target instanceof AccessLogTarget.Off);
    }

    LineBuffer buffer() {
        return new LineBuffer(this);
    }

    /** Takes the bytes and gives an empty array; or the same one, when the writer is behind. */
    byte[] swap(byte[] bytes, int length) {
        if (!full.offer(new Batch(bytes, length))) {
            return bytes;
        }
        byte[] next = empty.poll();
        return next == null ? new byte[BATCH] : next;
    }

    void dropped(int lines) {
        dropped.addAndGet(lines);
    }

    long dropped() {
        return dropped.get();
    }

    private void run() {
        String trouble = "";
        while (!closed || !full.isEmpty()) {
            try {
                Batch batch = full.poll(100, TimeUnit.MILLISECONDS);
                if (batch != null) {
                    stream().write(batch.bytes, 0, batch.length);
                    stream().flush();
                    empty.offer(batch.bytes);
                    trouble = "";
                }
            } catch (IOException e) {
                if (!trouble.equals(e.toString())) {
                    trouble = e.toString();
                    LOG.warnf("the access log is not written: %s", trouble);
                }
                out = null;
            } catch (InterruptedException closing) {
                closed = true;
            }
        }
    }

    private OutputStream stream() throws IOException {
        return switch (target) {
            case AccessLogTarget.File(Path path) -> file(path);
            case AccessLogTarget.Stdout() -> System.out;
            case AccessLogTarget.Off() -> OutputStream.nullOutputStream();
        };
    }

    /** Opens the file anew after somebody renamed it. */
    private OutputStream file(Path path) throws IOException {
        OutputStream open = out;
        if (open != null && key(path).equals(fileKey)) {
            return open;
        }
        if (open != null) {
            open.close();
        }
        open = new FileOutputStream(path.toFile(), true);
        out = open;
        fileKey = key(path);
        return open;
    }

    private static Object key(Path path) throws IOException {
        try {
            Object key = Files.readAttributes(path, BasicFileAttributes.class).fileKey();
            return key == null ? path : key;
        } catch (NoSuchFileException gone) {
            return "";
        }
    }

    /** Writes what waits, for a while. */
    @Override
    public void close() {
        closed = true;
        try {
            if (isOn()) {
                writer.join(CLOSE_LIMIT);
            }
            if (out != null) {
                out.close();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (IOException e) {
            LOG.debugf("closing the access log: %s", e.getMessage());
        }
    }
}
