package dev.weir.agent.cni.ipam;

import static java.nio.file.StandardCopyOption.ATOMIC_MOVE;
import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.TRUNCATE_EXISTING;
import static java.nio.file.StandardOpenOption.WRITE;

import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Entries in a file, only ever appended. What {@link #append} returned from is on the disk. One
 * process at a time: the file is locked. Not safe for many threads.
 */
final class Journal implements AutoCloseable {
    private static final Logger LOG = System.getLogger(Journal.class.getName());

    private final Path file;
    private FileChannel channel;
    private long end;
    private int entries;

    private Journal(Path file, FileChannel channel) {
        this.file = file;
        this.channel = channel;
    }

    /**
     * Replays what is there. An entry torn by a crash at the end of the file is cut off, since
     * nobody was told of it.
     *
     * @throws IOException also if an entry before the end is damaged: going on without it could
     *     give an address twice
     */
    static Journal open(Path file, Consumer<JournalEntry> replay) throws IOException {
        Files.createDirectories(file.toAbsolutePath().getParent());
        Journal journal =
                new Journal(file, locked(file, FileChannel.open(file, CREATE, READ, WRITE)));
        try {
            journal.replay(replay);
            return journal;
        } catch (IOException | RuntimeException e) {
            journal.close();
            throw e;
        }
    }

    private static FileChannel locked(Path file, FileChannel channel) throws IOException {
        try {
            if (channel.tryLock() != null) {
                return channel;
            }
        } catch (OverlappingFileLockException e) {
            // held by this process
        }
        channel.close();
        throw new IOException("another agent uses " + file);
    }

    /** Reads by the locked channel: closing another one of the same file would drop the lock. */
    private void replay(Consumer<JournalEntry> replay) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(Math.toIntExact(channel.size()));
        while (bytes.hasRemaining() && channel.read(bytes, bytes.position()) >= 0) {}
        bytes.flip();
        Optional<JournalEntry> entry = JournalCodec.decode(bytes);
        while (entry.isPresent()) {
            replay.accept(entry.get());
            entries++;
            entry = JournalCodec.decode(bytes);
        }
        end = bytes.position();
        if (bytes.hasRemaining()) {
            refuseDamage(bytes);
            LOG.log(
                    Level.WARNING,
                    "cut a torn entry of {0} bytes off {1}",
                    bytes.remaining(),
                    file);
            cut();
        }
    }

    /** A whole entry after the one that cannot be read means that this is no torn end. */
    private void refuseDamage(ByteBuffer bytes) throws IOException {
        for (int at = bytes.position() + 1; at < bytes.limit(); at++) {
            if (JournalCodec.decode(bytes.duplicate().position(at)).isPresent()) {
                throw new IOException(
                        "%s is damaged at byte %d, before its end. Restore it, or stop the pods of this node and"
                                        .formatted(file, end)
                                + " remove it");
            }
        }
    }

    void append(JournalEntry entry) throws IOException {
        ByteBuffer bytes = JournalCodec.encode(entry);
        long length = bytes.remaining();
        try {
            writeFully(channel, bytes, end);
            channel.force(false);
        } catch (IOException e) {
            cut(); // nobody is told of the entry, so nobody may find it later
            throw e;
        }
        end += length;
        entries++;
    }

    private void cut() throws IOException {
        channel.truncate(end);
        channel.force(false);
    }

    /** How many entries a replay reads. */
    int entries() {
        return entries;
    }

    /**
     * Replaces everything by these entries; a crash leaves either the former file or the new one.
     */
    void compact(List<JournalEntry> live) throws IOException {
        Path next = file.resolveSibling(file.getFileName() + ".new");
        FileChannel fresh =
                locked(next, FileChannel.open(next, CREATE, READ, WRITE, TRUNCATE_EXISTING));
        long length = 0;
        try {
            for (JournalEntry entry : live) {
                ByteBuffer bytes = JournalCodec.encode(entry);
                int size = bytes.remaining();
                writeFully(fresh, bytes, length);
                length += size;
            }
            fresh.force(true);
            Files.move(next, file, ATOMIC_MOVE);
        } catch (IOException e) {
            fresh.close();
            throw e;
        }
        channel.close();
        channel = fresh;
        end = length;
        entries = live.size();
        try (FileChannel directory = FileChannel.open(file.toAbsolutePath().getParent(), READ)) {
            directory.force(true);
        }
    }

    private static void writeFully(FileChannel channel, ByteBuffer bytes, long position)
            throws IOException {
        long at = position;
        while (bytes.hasRemaining()) {
            at += channel.write(bytes, at);
        }
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
