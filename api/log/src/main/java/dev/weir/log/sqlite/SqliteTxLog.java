package dev.weir.log.sqlite;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.weir.changes.Frontier;
import dev.weir.log.Entry;
import dev.weir.log.Head;
import dev.weir.log.LogException;
import dev.weir.log.Outcome;
import dev.weir.log.TxLog;
import java.nio.file.Path;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.sqlite.SQLiteErrorCode;

/**
 * A log as tables: the latest value of every key, the head, and the requests of the window. A group
 * is one transaction, synced when it commits.
 *
 * <p>The fence is the head's owner: every append names its claim in the same transaction that
 * writes.
 */
final class SqliteTxLog implements TxLog {
    private final Path file;
    private final String logId;

    /** Tells this object's claims from everybody else's. */
    private final String owner = UUID.randomUUID().toString();

    private @Nullable Statements statements;
    private long term;
    private long revision;

    /** Opens the file when it is claimed. */
    SqliteTxLog(Path file, String logId) {
        this.file = file;
        this.logId = logId;
    }

    @Override
    public String logId() {
        return logId;
    }

    @Override
    public long claim(String instance) {
        try {
            Statements sql = open();
            term = sql.transaction("BEGIN IMMEDIATE", () -> claim(sql, owner + " " + instance));
            return term;
        } catch (SQLException e) {
            disconnect();
            throw ShardFile.failure(file, e);
        }
    }

    private long claim(Statements sql, String me) throws SQLException {
        String fileId = sql.text("SELECT log_id FROM head");
        if (!fileId.isEmpty() && !fileId.equals(logId)) {
            throw new LogException(
                    file
                            + " belongs to log "
                            + fileId
                            + ", its directory to log "
                            + logId
                            + ": put the right file back, or, to go on with the files as they are,"
                            + " delete log-id beside it; every reader then reads everything anew");
        }
        String holder = sql.text("SELECT owner FROM head");
        if (term != 0 && !holder.startsWith(owner)) {
            throw fenced(holder);
        }
        sql.claim.setString(1, logId);
        sql.claim.setString(2, me);
        sql.claim.executeUpdate();
        return sql.number("SELECT term FROM head");
    }

    private LogException.Fenced fenced(String holder) {
        return new LogException.Fenced(
                file + " was claimed by another writer (" + instance(holder) + ")");
    }

    private static String instance(String holder) {
        return holder.substring(holder.indexOf(' ') + 1);
    }

    @Override
    public Head replay(Handler handler) {
        try {
            Statements sql = open();
            return sql.transaction("BEGIN", () -> replay(sql, handler));
        } catch (SQLException e) {
            throw ShardFile.failure(file, e);
        }
    }

    private Head replay(Statements sql, Handler handler) throws SQLException {
        String holder = sql.text("SELECT owner FROM head");
        if (term == 0 || !holder.startsWith(owner)) {
            throw fenced(holder);
        }
        try (ResultSet rows = sql.objects.executeQuery()) {
            while (rows.next()) {
                ByteString value = bytes(rows, 2);
                handler.record(rows.getLong(3), rows.getString(1), Optional.of(value));
            }
        }
        try (ResultSet rows = sql.requests.executeQuery()) {
            while (rows.next()) {
                handler.request(rows.getLong(1), rows.getString(2));
            }
        }
        try (ResultSet head = sql.head.executeQuery()) {
            head.next();
            revision = head.getLong(1);
            return new Head(logId, revision, term, frontier(bytes(head, 2)));
        }
    }

    /** A blob of no bytes is read as null. */
    private static ByteString bytes(ResultSet row, int column) throws SQLException {
        byte[] bytes = row.getBytes(column);
        return bytes == null ? ByteString.EMPTY : ByteString.copyFrom(bytes);
    }

    private Frontier frontier(ByteString bytes) {
        try {
            return Frontier.of(dev.weir.core.v1.Frontier.parseFrom(bytes));
        } catch (InvalidProtocolBufferException e) {
            throw new LogException(
                    file + " is damaged: its head cannot be read; restore it from a backup", e);
        }
    }

    @Override
    public Outcome append(long asTerm, List<Entry> group) {
        long last = revision;
        for (Entry entry : group) {
            if (entry.revision() <= last) {
                throw new IllegalArgumentException(
                        "revision " + entry.revision() + " after " + last);
            }
            last = entry.revision();
        }
        Statements sql = statements;
        if (sql == null || group.isEmpty()) {
            throw new IllegalStateException("append needs a claim and a group");
        }
        try {
            Outcome outcome = sql.transaction("BEGIN IMMEDIATE", () -> write(sql, asTerm, group));
            if (outcome instanceof Outcome.Durable) {
                revision = last;
            }
            return outcome;
        } catch (SQLException e) {
            return outcome(e);
        }
    }

    private Outcome write(Statements sql, long asTerm, List<Entry> group) throws SQLException {
        Entry last = group.getLast();
        sql.advance.setLong(1, last.revision());
        sql.advance.setBytes(2, last.after().toProto().toByteArray());
        sql.advance.setLong(3, asTerm);
        if (sql.advance.executeUpdate() == 0) {
            return new Outcome.Fenced(
                    sql.number("SELECT term FROM head"),
                    instance(sql.text("SELECT owner FROM head")));
        }
        for (Entry entry : group) {
            for (Entry.Record record : entry.records()) {
                write(sql, entry.revision(), record);
            }
            if (!entry.requestId().isEmpty()) {
                sql.request.setLong(1, entry.revision());
                sql.request.setString(2, entry.requestId());
                sql.request.executeUpdate();
            }
        }
        sql.forget.setLong(1, last.revision() - REQUEST_WINDOW);
        sql.forget.executeUpdate();
        return new Outcome.Durable();
    }

    private static void write(Statements sql, long revision, Entry.Record record)
            throws SQLException {
        PreparedStatement statement = record.value().isPresent() ? sql.put : sql.remove;
        statement.setString(1, record.key());
        if (record.value().isPresent()) {
            statement.setBytes(2, record.value().get().toByteArray());
            statement.setLong(3, revision);
        }
        statement.executeUpdate();
    }

    /**
     * A full disk or a read-only file leaves no commit mark in the journal, so nothing was written.
     * After anything else the file is opened anew, which settles it.
     */
    private Outcome outcome(SQLException e) {
        String message = ShardFile.refusal(file, e);
        return switch (SQLiteErrorCode.getErrorCode(ShardFile.code(e))) {
            case SQLITE_FULL -> new Outcome.Refused(Outcome.Reason.DISK_FULL, message);
            case SQLITE_READONLY -> new Outcome.Refused(Outcome.Reason.READ_ONLY, message);
            case SQLITE_BUSY, SQLITE_LOCKED -> new Outcome.Refused(Outcome.Reason.BUSY, message);
            default -> {
                disconnect();
                yield new Outcome.Unknown(e);
            }
        };
    }

    private Statements open() throws SQLException {
        Statements open = statements;
        if (open == null) {
            open = new Statements(ShardFile.open(file));
            statements = open;
        }
        return open;
    }

    private void disconnect() {
        Statements open = statements;
        statements = null;
        if (open != null) {
            open.close();
        }
    }

    @Override
    public void close() {
        disconnect();
    }
}
