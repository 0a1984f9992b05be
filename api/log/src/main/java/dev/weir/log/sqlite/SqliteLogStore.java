package dev.weir.log.sqlite;

import dev.weir.log.LogException;
import dev.weir.log.LogStore;
import dev.weir.log.TxLog;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.UUID;
import java.util.regex.Pattern;

/**
 * A directory of logs: {@code <shard>.db} for each shard, {@code log-id} with the id of them all,
 * and {@code lock}, which one process at a time holds.
 *
 * <p>Without a {@code log-id}, all files that are there get a new one: that is how a restored
 * backup becomes a log that readers do not mistake for the one they knew.
 */
public final class SqliteLogStore implements LogStore {
    private static final String LOG_ID = "log-id";
    private static final String LOCK = "lock";
    private static final Pattern SHARD = Pattern.compile("[a-z0-9][a-z0-9-]{0,62}");

    private final Path directory;
    private final String logId;
    private final FileChannel lock;

    private SqliteLogStore(Path directory, String logId, FileChannel lock) {
        this.directory = directory;
        this.logId = logId;
        this.lock = lock;
    }

    /**
     * Makes the directory if it is not there, for its owner only.
     *
     * @throws LogException with what to do, e.g. when another process has it open
     */
    public static SqliteLogStore open(Path directory) {
        try {
            Files.createDirectories(
                    directory,
                    PosixFilePermissions.asFileAttribute(
                            PosixFilePermissions.fromString("rwx------")));
            FileChannel lock =
                    FileChannel.open(
                            directory.resolve(LOCK),
                            StandardOpenOption.CREATE,
                            StandardOpenOption.WRITE);
            try {
                lock(directory, lock);
                return new SqliteLogStore(directory, logId(directory), lock);
            } catch (IOException | RuntimeException e) {
                lock.close();
                throw e;
            }
        } catch (IOException e) {
            throw new LogException(
                    "cannot write in "
                            + directory
                            + " ("
                            + e
                            + "): check that it is on a writable file system with free space, and"
                            + " who owns it",
                    e);
        }
    }

    private static void lock(Path directory, FileChannel lock) throws IOException {
        boolean held;
        try {
            held = lock.tryLock() != null;
        } catch (OverlappingFileLockException e) {
            held = false;
        }
        if (!held) {
            throw new LogException(
                    directory
                            + " is in use by another process (fuser "
                            + directory.resolve(LOCK)
                            + " names it): stop that one first, or use another directory");
        }
    }

    private static String logId(Path directory) throws IOException {
        Path file = directory.resolve(LOG_ID);
        if (Files.exists(file)) {
            String id = Files.readString(file).strip();
            if (id.isEmpty()) {
                throw new LogException(
                        file + " is empty: delete it; every reader then reads everything anew");
            }
            return id;
        }
        String id = UUID.randomUUID().toString();
        try (DirectoryStream<Path> shards = Files.newDirectoryStream(directory, "*.db")) {
            for (Path shard : shards) {
                ShardFile.adopt(shard, id);
            }
        }
        // The file is whole or not there; until it is there, the next start gives out another id.
        Path draft = directory.resolve(LOG_ID + ".tmp");
        try (FileChannel out =
                FileChannel.open(
                        draft,
                        StandardOpenOption.CREATE,
                        StandardOpenOption.TRUNCATE_EXISTING,
                        StandardOpenOption.WRITE)) {
            out.write(
                    java.nio.ByteBuffer.wrap(
                            (id + "\n").getBytes(java.nio.charset.StandardCharsets.US_ASCII)));
            out.force(true);
        }
        Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE);
        try (FileChannel names = FileChannel.open(directory, StandardOpenOption.READ)) {
            names.force(true);
        }
        return id;
    }

    @Override
    public String logId() {
        return logId;
    }

    @Override
    public TxLog shard(String shard) {
        if (!SHARD.matcher(shard).matches()) {
            throw new IllegalArgumentException("not a shard's name: " + shard);
        }
        return new SqliteTxLog(directory.resolve(shard + ".db"), logId);
    }

    /** Lets go of the directory. The logs that were opened from it are closed by then. */
    @Override
    public void close() {
        try {
            lock.close();
        } catch (IOException e) {
            throw new LogException("cannot let go of " + directory, e);
        }
    }
}
