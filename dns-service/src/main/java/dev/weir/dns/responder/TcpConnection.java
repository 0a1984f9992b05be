package dev.weir.dns.responder;

import dev.weir.dns.wire.Inbound;
import dev.weir.dns.wire.Reply;
import dev.weir.dns.wire.ReplyWriter;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.concurrent.Semaphore;
import java.util.concurrent.locks.ReentrantLock;

/**
 * One TCP connection: queries one after the other, replies in any order (RFC 7766 section 6.2.1.1).
 *
 * <p>Every whole message in or out renews its time. One that dribbles, says nothing or does not
 * read its replies runs out of it.
 */
final class TcpConnection implements Conversation.Channel {
    private final Socket socket;
    private final Conversation conversation;
    private final long patienceNanos;
    private final Semaphore pipeline;
    private final ReentrantLock writing = new ReentrantLock();
    private volatile long deadline;

    TcpConnection(Socket socket, ResponderConfig config, Conversation conversation) {
        this.socket = socket;
        this.conversation = conversation;
        this.patienceNanos = config.connectionPatience().toNanos();
        this.pipeline = new Semaphore(config.maxPipelined());
        renew();
    }

    /** Returns when the connection is over. */
    void serve() {
        try (socket) {
            socket.setTcpNoDelay(true);
            DataInputStream in =
                    new DataInputStream(new BufferedInputStream(socket.getInputStream()));
            ReplyWriter writer = conversation.newWriter();
            while (true) {
                byte[] message = new byte[in.readUnsignedShort()];
                in.readFully(message);
                renew();
                conversation.hear(message, message.length, writer, this);
            }
        } catch (IOException e) {
            // The peer is done, or we are done with it.
        }
    }

    boolean isOverdue(long now) {
        return now - deadline > 0;
    }

    void close() {
        try {
            socket.close();
        } catch (IOException e) {
            // Nothing is left to close.
        }
    }

    private void renew() {
        deadline = System.nanoTime() + patienceNanos;
    }

    @Override
    public ByteBuffer render(ReplyWriter writer, Inbound.Query query, Reply reply) {
        return writer.streamed(query, reply);
    }

    /** Prefix and message in one write, so that they share a segment (RFC 7766 section 8). */
    @Override
    public void send(ByteBuffer message) {
        int length = message.remaining();
        byte[] frame = new byte[2 + length];
        ByteBuffer.wrap(frame).putShort((short) length).put(message);
        writing.lock();
        try {
            socket.getOutputStream().write(frame);
            renew();
        } catch (IOException e) {
            close();
        } finally {
            writing.unlock();
        }
    }

    @Override
    public void beginWaiting() {
        pipeline.acquireUninterruptibly();
    }

    @Override
    public void endWaiting() {
        pipeline.release();
    }
}
