package dev.weir.log.sqlite;

import dev.weir.log.LogException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;

/** The SQLite file of one shard: how it is opened, what is in it, what its errors mean. */
final class ShardFile {
    /** How long a statement waits for who holds the file locked, say a backup. */
    static final Duration BUSY_TIMEOUT = Duration.ofSeconds(5);

    /** The journal shrinks to this many bytes whenever SQLite starts it over. */
    private static final int JOURNAL_LIMIT = 16 << 20;

    /** "weir", so that {@code file} can tell what it is. */
    private static final int APPLICATION_ID = 0x77656972;

    /** Of the tables below. */
    private static final int SCHEMA = 1;

    private static final String[] TABLES = {
        """
        CREATE TABLE head (
            one INTEGER PRIMARY KEY CHECK (one = 1),
            log_id TEXT NOT NULL,
            revision INTEGER NOT NULL,
            term INTEGER NOT NULL,
            owner TEXT NOT NULL,
            after BLOB NOT NULL) STRICT\
        """,
        """
        CREATE TABLE objects (
            key TEXT PRIMARY KEY,
            value BLOB NOT NULL,
            revision INTEGER NOT NULL) STRICT, WITHOUT ROWID\
        """,
        "CREATE TABLE requests (revision INTEGER PRIMARY KEY, id TEXT NOT NULL) STRICT",
        "INSERT INTO head VALUES (1, '', 0, 0, '', x'')",
        "PRAGMA application_id = " + APPLICATION_ID,
        "PRAGMA user_version = " + SCHEMA,
    };

    private ShardFile() {}

    /** Makes the file if it is not there, else checks it. */
    static Connection open(Path file) {
        SQLiteConfig config = new SQLiteConfig();
        config.setJournalMode(SQLiteConfig.JournalMode.WAL);
        config.setSynchronous(SQLiteConfig.SynchronousMode.FULL);
        config.setBusyTimeout((int) BUSY_TIMEOUT.toMillis());
        config.setJournalSizeLimit(JOURNAL_LIMIT);
        try {
            Connection connection = config.createConnection("jdbc:sqlite:" + file.toAbsolutePath());
            try {
                prepare(file, connection);
                return connection;
            } catch (SQLException | RuntimeException e) {
                connection.close();
                throw e;
            }
        } catch (SQLException e) {
            throw failure(file, e);
        }
    }

    private static void prepare(Path file, Connection connection) throws SQLException {
        try (Statement sql = connection.createStatement()) {
            sql.execute("BEGIN IMMEDIATE");
            int schema = number(sql, "PRAGMA user_version");
            if (schema == 0 && number(sql, "SELECT count(*) FROM sqlite_schema") == 0) {
                for (String statement : TABLES) {
                    sql.execute(statement);
                }
            } else if (schema != SCHEMA || number(sql, "PRAGMA application_id") != APPLICATION_ID) {
                throw new LogException(
                        file
                                + " is of another version of weir, or no log of weir at all (schema"
                                + " "
                                + schema
                                + "): start the version that wrote it, or move the file away");
            }
            try (ResultSet check = sql.executeQuery("PRAGMA quick_check(1)")) {
                if (!check.next() || !check.getString(1).equals("ok")) {
                    throw damaged(file, check.getString(1), null);
                }
            }
            sql.execute("COMMIT");
        }
    }

    private static int number(Statement sql, String query) throws SQLException {
        try (ResultSet result = sql.executeQuery(query)) {
            return result.next() ? result.getInt(1) : 0;
        }
    }

    /** Gives the file another log id. */
    static void adopt(Path file, String logId) {
        try (Connection connection = open(file);
                PreparedStatement update =
                        connection.prepareStatement("UPDATE head SET log_id = ?")) {
            update.setString(1, logId);
            update.executeUpdate();
        } catch (SQLException e) {
            throw failure(file, e);
        }
    }

    /** SQLite's primary result code; its extended codes say more, but nothing that matters here. */
    static int code(SQLException e) {
        return e instanceof SQLiteException sqlite
                ? sqlite.getResultCode().code & 0xff
                : SQLiteErrorCode.SQLITE_ERROR.code;
    }

    /** What an error means to who starts weir. */
    static LogException failure(Path file, SQLException e) {
        return switch (SQLiteErrorCode.getErrorCode(code(e))) {
            case SQLITE_CORRUPT, SQLITE_NOTADB -> damaged(file, String.valueOf(e.getMessage()), e);
            case SQLITE_FULL, SQLITE_READONLY -> new LogException.Refused(refusal(file, e));
            case SQLITE_BUSY, SQLITE_LOCKED -> new LogException(refusal(file, e), e);
            case SQLITE_CANTOPEN, SQLITE_PERM ->
                    new LogException(
                            "cannot open "
                                    + file
                                    + ": check that its directory is there and writable, and who"
                                    + " owns the file",
                            e);
            default -> new LogException("cannot use " + file + ": " + e.getMessage(), e);
        };
    }

    /** Why nothing can be written, and what to do. */
    static String refusal(Path file, SQLException e) {
        return switch (SQLiteErrorCode.getErrorCode(code(e))) {
            case SQLITE_FULL ->
                    "the disk that holds " + file + " is full: free some space, then try again";
            case SQLITE_READONLY ->
                    file
                            + " cannot be written to: check whether its file system is mounted"
                            + " read-only, and who owns it";
            case SQLITE_BUSY, SQLITE_LOCKED ->
                    "another process has held "
                            + file
                            + " locked for "
                            + BUSY_TIMEOUT.toSeconds()
                            + " s: let it finish, then try again";
            default -> "cannot write to " + file + ": " + e.getMessage();
        };
    }

    private static LogException damaged(
            Path file, String detail, @org.jspecify.annotations.Nullable Throwable cause) {
        return new LogException(
                file
                        + " is damaged ("
                        + detail
                        + "): keep a copy of it, restore it from a backup or with sqlite3's"
                        + " .recover, and delete log-id beside it, so that every reader reads"
                        + " everything anew",
                cause == null ? new IllegalStateException(detail) : cause);
    }
}
