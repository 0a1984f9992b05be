package dev.weir.log.sqlite;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/** The statements on one open file, prepared once, and the transactions around them. */
final class Statements implements AutoCloseable {
    private final Connection connection;
    private final Statement plain;
    final PreparedStatement claim;
    final PreparedStatement advance;
    final PreparedStatement put;
    final PreparedStatement remove;
    final PreparedStatement request;
    final PreparedStatement forget;
    final PreparedStatement objects;
    final PreparedStatement requests;
    final PreparedStatement head;

    /** Closes the connection, also when it fails. */
    Statements(Connection connection) throws SQLException {
        this.connection = connection;
        try {
            plain = connection.createStatement();
            claim =
                    connection.prepareStatement(
                            "UPDATE head SET log_id = ?, term = term + 1, owner = ?");
            advance =
                    connection.prepareStatement(
                            "UPDATE head SET revision = ?, after = ? WHERE term = ?");
            put =
                    connection.prepareStatement(
                            "INSERT INTO objects VALUES (?, ?, ?) ON CONFLICT (key) DO UPDATE"
                                    + " SET value = excluded.value, revision = excluded.revision");
            remove = connection.prepareStatement("DELETE FROM objects WHERE key = ?");
            request = connection.prepareStatement("INSERT INTO requests VALUES (?, ?)");
            forget = connection.prepareStatement("DELETE FROM requests WHERE revision <= ?");
            objects =
                    connection.prepareStatement(
                            "SELECT key, value, revision FROM objects ORDER BY revision, key");
            requests =
                    connection.prepareStatement(
                            "SELECT revision, id FROM requests ORDER BY revision");
            head = connection.prepareStatement("SELECT revision, after FROM head");
        } catch (SQLException e) {
            connection.close();
            throw e;
        }
    }

    interface Work<T> {
        T run() throws SQLException;
    }

    /** Commits what the work did, or undoes it if that throws. */
    <T> T transaction(String begin, Work<T> work) throws SQLException {
        plain.execute(begin);
        try {
            T result = work.run();
            plain.execute("COMMIT");
            return result;
        } catch (SQLException | RuntimeException e) {
            rollBack(e);
            throw e;
        }
    }

    /** SQLite may have rolled back by itself. */
    private void rollBack(Exception cause) {
        try {
            plain.execute("ROLLBACK");
        } catch (SQLException e) {
            cause.addSuppressed(e);
        }
    }

    String text(String query) throws SQLException {
        try (ResultSet result = plain.executeQuery(query)) {
            return result.next() ? result.getString(1) : "";
        }
    }

    long number(String query) throws SQLException {
        try (ResultSet result = plain.executeQuery(query)) {
            return result.next() ? result.getLong(1) : 0;
        }
    }

    @Override
    public void close() {
        try {
            connection.close();
        } catch (SQLException e) {
            // What was acknowledged is on disk; what is left behind is cleaned up by who opens the
            // file next.
            org.jboss.logging.Logger.getLogger(Statements.class)
                    .warn("A log was not closed cleanly", e);
        }
    }
}
