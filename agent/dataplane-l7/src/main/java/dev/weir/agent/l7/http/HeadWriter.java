package dev.weir.agent.l7.http;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.weir.routing.HeaderEdit;
import org.jspecify.annotations.Nullable;

/**
 * Writes heads as the proxy sends them. Headers that go on unchanged are copied in runs. What is
 * written is in {@link #bytes} up to {@link #length}, until the next. Used again and again; of one
 * thread.
 *
 * <p>Headers for one hop (Connection, what it names, Keep-Alive, Proxy-*, TE, Upgrade) are left
 * out, and those that many programs would take for one of the proxy's, as {@code X_Forwarded_For}.
 */
public final class HeadWriter {
    private static final byte[] VERSION = bytes("HTTP/1.1 ");
    private static final byte[] LINE_END = bytes(" HTTP/1.1\r\n");
    private static final byte[] HOST = bytes("Host: ");
    private static final byte[] CLOSE = bytes("Connection: close\r\n");
    private static final byte[] KEEP = bytes("Connection: keep-alive\r\n");
    private static final byte[] UPGRADE = bytes("Connection: Upgrade\r\nUpgrade: websocket\r\n");
    private static final byte[] TRAILERS = bytes("Connection: TE\r\nTE: trailers\r\n");

    private static final byte[] PLAIN = bytes("Content-Type: text/plain\r\n");
    private static final byte[] LENGTH = bytes("Content-Length: ");
    private static final byte[] NEWLINE = {'\n'};

    private static final long HOP =
            Field.set(
                    Field.CONNECTION,
                    Field.UPGRADE,
                    Field.TE,
                    Field.KEEP_ALIVE,
                    Field.PROXY,
                    Field.PROXY_CONNECTION,
                    Field.PROXY_AUTHENTICATE,
                    Field.PROXY_AUTHORIZATION,
                    Field.NAMED,
                    Field.DISGUISED);

    private final Output out = new Output();

    /** What is written; another array after the next. */
    public byte[] bytes() {
        return out.bytes();
    }

    /** How much is written, in bytes. */
    public int length() {
        return out.length();
    }

    /**
     * Writes the head of a request to a backend: HTTP/1.1, its target without scheme and host, Host
     * as the client has it, {@code X-Forwarded-*}, {@code X-Real-IP} and {@code Forwarded}. The
     * body follows as the client frames it.
     *
     * @param head {@link Progress#DONE}
     * @param edit changes, also of what says where it is from
     * @param after changes after these
     */
    public void request(RequestHead head, Peer peer, HeaderEdit edit, HeaderEdit after) {
        Edits edits = new Edits(edit, after);
        String host = edits.none() ? null : edits.host();
        boolean hostMoves = host != null || head.line().absolute || head.authorityTo() == 0;
        out.clear();
        requestLine(head);
        if (hostMoves) {
            host(head, peer, host);
        }
        long dropped =
                HOP
                        | ForwardedHeaders.ALL
                        | (hostMoves ? Field.set(Field.HOST) : 0)
                        | (head.old() ? Field.set(Field.EXPECT) : 0);
        headers(head, dropped, edits);
        ForwardedHeaders.write(out, head, peer, edits);
        edits.write(out);
        if (head.webSocket()) {
            out.put(UPGRADE);
        } else if (head.acceptsTrailers()) {
            out.put(TRAILERS);
        }
        out.line();
    }

    private void requestLine(RequestHead head) {
        RequestLine line = head.line();
        if (line.absolute) {
            out.put(head.bytes, line.methodFrom, line.methodTo + 1)
                    .put(line.pathFrom == line.pathTo ? head.path() : "")
                    .put(head.bytes, line.pathFrom, line.targetTo);
        } else {
            out.put(head.bytes, line.methodFrom, line.targetTo);
        }
        out.put(LINE_END);
    }

    private void host(RequestHead head, Peer peer, @Nullable String set) {
        out.put(HOST);
        if (set != null) {
            out.put(set);
        } else if (head.authorityTo() > 0) {
            out.put(head.bytes, head.authorityFrom(), head.authorityTo());
        } else {
            out.put(peer.local);
        }
        out.line();
    }

    /**
     * Writes the head of a response to a client. A body of {@link Framing#CLOSE}, and one that is
     * {@link ResponseHead#unchunked}, ends with the connection.
     *
     * @param head {@link Progress#DONE}
     * @param to the request that it answers
     * @param close whether the connection is to end after it in any case
     * @return whether the connection stays; of no meaning if {@link ResponseHead#interim}
     */
    public boolean response(
            ResponseHead head, RequestHead to, HeaderEdit edit, HeaderEdit after, boolean close) {
        Edits edits = new Edits(edit, after);
        Framing framing = head.framing(to.isHead());
        boolean chunked = framing == Framing.CHUNKED && !to.old();
        boolean stays =
                !close
                        && to.keepAlive()
                        && framing != Framing.CLOSE
                        && !(framing == Framing.CHUNKED && to.old());
        int status = head.status();
        out.clear();
        out.put(VERSION).put(head.bytes, head.lineFrom() + VERSION.length, head.reasonTo());
        if (head.reasonFrom() == head.lineFrom() + VERSION.length + 3) {
            out.put(" ");
        }
        out.line();
        long dropped =
                HOP
                        | (chunked ? 0 : Field.set(Field.TRANSFER_ENCODING))
                        | (status < 200 || status == 204 ? Field.set(Field.CONTENT_LENGTH) : 0);
        headers(head, dropped, edits);
        if (status >= 200) {
            edits.write(out);
        }
        if (status == 101) {
            out.put(UPGRADE);
        } else if (status > 101) {
            connection(stays, to);
        }
        out.line();
        return stays;
    }

    /**
     * Writes an answer of the proxy itself, with its body, a line of text.
     *
     * @param status from 200 to 599
     * @param to the request that it answers; null if that was refused, which ends the connection
     * @param location value of that header; null for none
     * @return whether the connection stays
     */
    public boolean answer(
            int status,
            @Nullable RequestHead to,
            HeaderEdit edit,
            @Nullable String location,
            boolean close) {
        Edits edits = new Edits(edit, HeaderEdit.NONE);
        boolean stays = !close && to != null && to.keepAlive();
        String text = status + " " + Reasons.of(status);
        out.clear();
        out.put(VERSION).put(text).line();
        if (location != null && !edits.drops("Location")) {
            out.put("Location: ").put(location).line();
        }
        boolean bare = status == 204 || status == 304;
        if (!bare) {
            out.put(edits.drops("Content-Type") ? Head.NOTHING : PLAIN);
            out.put(LENGTH).put(Integer.toString(text.length() + 1)).line();
        }
        edits.write(out);
        connection(stays, to);
        out.line();
        if (!bare && (to == null || !to.isHead())) {
            out.put(text).put(NEWLINE);
        }
        return stays;
    }

    private void connection(boolean stays, @Nullable RequestHead to) {
        if (!stays) {
            out.put(CLOSE);
        } else if (to != null && to.old()) {
            out.put(KEEP);
        }
    }

    /** Copies the lines of all headers but those dropped, neighbours at once. */
    private void headers(Head head, long dropped, Edits edits) {
        boolean edited = !edits.none();
        Fields fields = head.fields;
        int run = head.lineFrom(0);
        for (int i = 0; i < fields.count(); i++) {
            if (fields.field(i).in(dropped) || edited && edits.drops(fields, i)) {
                out.put(head.bytes, run, head.lineFrom(i));
                run = head.lineFrom(i + 1);
            }
        }
        out.put(head.bytes, run, head.lineFrom(fields.count()));
    }

    static byte[] bytes(String text) {
        return text.getBytes(ISO_8859_1);
    }
}
