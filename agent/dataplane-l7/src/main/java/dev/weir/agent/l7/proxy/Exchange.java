package dev.weir.agent.l7.proxy;

import dev.weir.agent.l7.http.RequestHead;
import dev.weir.agent.l7.http.ResponseHead;
import dev.weir.routing.Action;
import dev.weir.routing.Action.Forward;
import dev.weir.routing.Action.Redirect;
import dev.weir.routing.Action.Share;
import dev.weir.routing.HeaderEdit;
import dev.weir.routing.Rule;
import dev.weir.routing.ServicePort;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/** One request and its response. Owned by the client's event loop. */
final class Exchange {
    private static final int BAD_REQUEST = 400;
    private static final int NOT_FOUND = 404;
    private static final int REQUEST_TIMEOUT = 408;
    private static final int MISDIRECTED = 421;
    private static final int BAD_GATEWAY = 502;
    private static final int TIMEOUT = 504;

    final FrontConnection front;
    private final Ledger ledger;
    private final RequestHead request;
    private final Worker worker;
    private final Patience patience;
    private @Nullable Forward forward;
    private @Nullable Share share;
    private @Nullable Attempts attempts;

    private boolean requestSent;
    private boolean responseBegan;
    private boolean stays;
    private boolean tunnel;
    private boolean ended;

    Exchange(FrontConnection front, RequestHead request) {
        this.front = front;
        this.request = request;
        this.worker = front.worker;
        this.patience = new Patience(front);
        this.ledger = new Ledger(front, request);
    }

    /** While the request's head is as it was parsed. */
    void begin() {
        if (request.https() && !front.tls) {
            answer(MISDIRECTED);
            return;
        }
        Snapshot snapshot = worker.snapshot();
        Rule found = Routing.find(snapshot.table(), front.port, front.tls, request);
        if (found == null) {
            answer(NOT_FOUND);
            return;
        }
        ledger.object = found.of();
        switch (found.action()) {
            case Forward to -> begin(to, snapshot);
            case Redirect to -> redirect(to);
            case Action.Answer(int code) -> answer(code);
        }
    }

    private void redirect(Redirect to) {
        if (ledger.host.isEmpty() && to.host().isEmpty()) {
            answer(BAD_REQUEST);
            return;
        }
        String query = request.query();
        answer(
                to.status(),
                to.response(),
                Location.of(to, front.tls, ledger.host, front.port, ledger.path, query));
    }

    private void begin(Forward to, Snapshot snapshot) {
        forward = to;
        Share chosen = Routing.pick(to.shares());
        share = chosen;
        switch (chosen.target()) {
            case Action.Target.Fail(int code) -> answer(code);
            case Action.Target.To(ServicePort service) -> {
                worker.writer.request(request, front.peer(), to.request(), chosen.request());
                ByteBuf head = worker.copyOfHead(front.channel().alloc());
                patience.by(to);
                ledger.service = service;
                attempts = new Attempts(worker, this, service, head);
                attempts.first(snapshot);
            }
        }
    }

    /** An attempt begins. */
    void attempting() {
        requestSent = false;
        ledger.attempts++;
        patience.attempt();
    }

    /** The head is sent, and the body may follow. */
    void attached() {
        if (front.isRequestDone()) {
            requestSent();
        } else {
            patience.sending();
        }
        front.work();
    }

    private void requestSent() {
        requestSent = true;
        patience.sent(responseBegan);
    }

    void requestBody(ByteBuf bytes, boolean last) {
        ledger.bytesIn += bytes.readableBytes();
        BackConnection to = back();
        if (to == null) {
            bytes.release();
            return;
        }
        to.write(bytes);
        to.mark();
        if (last) {
            requestSent();
        } else {
            patience.sending();
        }
    }

    /** The client's body is wrong. */
    void requestBroken(int code) {
        fail(code);
    }

    /** What the endpoint sends is not HTTP. */
    void responseBroken() {
        fail(BAD_GATEWAY);
    }

    /** The time is over, the client's or all of it. */
    void expired() {
        BackConnection to = back();
        if (to != null && !requestSent && !patience.isOver() && to.isTaking()) {
            patience.sending();
            return;
        }
        boolean client = back() != null && !requestSent && isBackWritable() && !patience.isOver();
        fail(client ? REQUEST_TIMEOUT : TIMEOUT);
    }

    /** The response stopped, or the client takes none of it. */
    void backendSilent() {
        if (front.isTaking()) {
            pace();
        } else {
            fail(TIMEOUT);
        }
    }

    /** Gives up: by an answer, or where a response has begun, by cutting it. */
    private void fail(int code) {
        detach(true);
        if (responseBegan) {
            end();
            front.abort();
        } else {
            answer(code);
        }
    }

    /**
     * The endpoint closed, and there is no head of a response.
     *
     * @param used whether the connection had served another exchange before: it may have been
     *     closed before this one came
     * @param heard whether there was anything of a response
     */
    void unanswered(boolean used, boolean heard) {
        if (attempts != null) {
            boolean safe = Routing.isIdempotent(ledger.method) || used && !requestSent;
            attempts.unanswered(safe && ledger.bytesIn == 0 && !heard);
        }
    }

    /** The endpoint closed before its response was whole. */
    void backendGone() {
        if (tunnel) {
            detach(false);
            end();
            front.finish(false);
        } else {
            fail(BAD_GATEWAY);
        }
    }

    void interim(ResponseHead notice) {
        if (!request.old()) {
            worker.writer.response(notice, request, HeaderEdit.NONE, HeaderEdit.NONE, false);
            writeHead();
        }
    }

    /**
     * The head of the response is here; what goes to the client is in the worker's writer.
     *
     * @return false when it is not taken
     */
    boolean responseHead(ResponseHead response) {
        if (response.status() == 101 && !request.webSocket()) {
            fail(BAD_GATEWAY);
            return false;
        }
        ledger.status = response.status();
        responseBegan = true;
        boolean last = worker.isDraining() || !front.isRequestDone();
        HeaderEdit first = forward == null ? HeaderEdit.NONE : forward.response();
        HeaderEdit second = share == null ? HeaderEdit.NONE : share.response();
        stays = worker.writer.response(response, request, first, second, last);
        if (attempts != null) {
            attempts.dropHead();
        }
        if (requestSent) {
            patience.answered();
        }
        return true;
    }

    void writeHead() {
        ledger.bytesOut += worker.writer.length();
        front.writeHead();
    }

    void responseBytes(ByteBuf bytes) {
        ledger.bytesOut += bytes.readableBytes();
        front.write(bytes);
        pace();
    }

    /** Reads the endpoint as fast as the client does. */
    void pace() {
        BackConnection from = back();
        if (from != null) {
            boolean takes = front.isWritable();
            front.mark();
            from.read(takes);
            from.deadline =
                    !takes
                            ? worker.now() + worker.nanos.stalledClient()
                            : tunnel
                                    ? Connection.NEVER
                                    : worker.now() + worker.nanos.responseBody();
        }
    }

    /** The response is written as a whole. */
    void responseEnd() {
        detach(!requestSent);
        end();
        front.done(stays);
    }

    /** The endpoint agreed to another protocol: bytes go both ways from now on. */
    void switched() {
        writeHead();
        tunnel = true;
        patience.tunnelled();
        front.tunnel();
    }

    void tunnelFromClient(ByteBuf bytes) {
        ledger.bytesIn += bytes.readableBytes();
        patience.tunnelled();
        BackConnection to = back();
        if (to == null) {
            bytes.release();
        } else {
            to.write(bytes);
            front.regulate();
        }
    }

    void tunnelFromBackend(ByteBuf bytes) {
        patience.tunnelled();
        responseBytes(bytes);
    }

    void clientGone() {
        BackConnection to = back();
        if (tunnel && to != null) {
            detach(false);
            to.finish();
        } else {
            detach(true);
        }
        end();
    }

    void answer(int code) {
        answer(code, HeaderEdit.NONE, null);
    }

    private void answer(int code, HeaderEdit edit, @Nullable String location) {
        boolean last = worker.isDraining() || !front.isRequestDone();
        ledger.status = code;
        stays = worker.writer.answer(code, request, edit, location, last);
        writeHead();
        end();
        front.done(stays);
    }

    private void detach(boolean close) {
        if (attempts != null) {
            attempts.detach(close);
        }
    }

    private void end() {
        if (attempts != null) {
            attempts.dropHead();
        }
        if (!ended) {
            ended = true;
            worker.ended(ledger);
        }
    }

    private @Nullable BackConnection back() {
        return attempts == null ? null : attempts.back();
    }

    boolean takesBody() {
        return back() != null;
    }

    boolean isBackWritable() {
        BackConnection to = back();
        return to == null || to.isWritable();
    }

    boolean isRequestSent() {
        return requestSent;
    }

    RequestHead request() {
        return request;
    }
}
