package dev.weir.agent.l7.proxy;

import static java.util.Objects.requireNonNull;

import dev.weir.agent.l7.http.Fault;
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
import io.netty.channel.ConnectTimeoutException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One request and its response. Owned by the client's event loop.
 *
 * <p>The head of the request is kept until the response begins, so that another endpoint can have
 * it; its body is not.
 */
final class Exchange {
    private static final int MISDIRECTED = 421;
    private static final int BAD_GATEWAY = 502;
    private static final int UNAVAILABLE = 503;
    private static final int TIMEOUT = 504;
    private static final int REQUEST_TIMEOUT = 408;
    private static final int NOT_FOUND = 404;

    /** How long an endpoint that could not be reached comes last. */
    private static final long AVOID = TimeUnit.SECONDS.toNanos(2);

    final FrontConnection front;
    final RequestHead request;
    final String method;
    final String path;
    final String host;
    final long began;
    private final Worker worker;
    private @Nullable Rule rule;
    private @Nullable Forward forward;
    private @Nullable Share share;
    private @Nullable ServicePort service;
    private @Nullable Destination destination;
    private @Nullable BackConnection back;
    private @Nullable ByteBuf head;

    /** When all has to be over, by the rule. */
    private long hard = Connection.NEVER;

    private int attempts;
    private boolean attached;
    private boolean requestSent;
    private boolean responseBegan;
    private boolean stays;
    private boolean tunnel;
    private boolean ended;
    private int status;
    private long bytesIn;
    private long bytesOut;

    Exchange(FrontConnection front, RequestHead request) {
        this.front = front;
        this.request = request;
        this.worker = front.worker;
        this.method = request.method();
        this.path = request.path();
        this.host = request.host();
        this.began = worker.now();
    }

    /** While the request's head is as it was parsed. */
    void begin() {
        if (request.https() && !front.tls) {
            answer(MISDIRECTED);
            return;
        }
        rule = Routing.find(worker.snapshot().table(), front.port, request);
        if (rule == null) {
            answer(NOT_FOUND);
            return;
        }
        switch (rule.action()) {
            case Forward to -> begin(to);
            case Redirect to -> {
                String query = request.query();
                String location =
                        Location.of(to, front.tls, host, front.port, request.path(), query);
                answer(to.status(), to.response(), location);
            }
            case Action.Answer(int code) -> answer(code);
        }
    }

    private void begin(Forward to) {
        forward = to;
        Share chosen = Routing.pick(to.shares());
        share = chosen;
        switch (chosen.target()) {
            case Action.Target.Fail(int code) -> answer(code);
            case Action.Target.To(ServicePort name) -> {
                service = name;
                worker.writer.request(request, front.peer(), to.request(), chosen.request());
                head = worker.copyOfHead(front.channel().alloc());
                hard = deadline(to.timeout().orElse(Duration.ZERO));
                attempt(false);
            }
        }
    }

    private long deadline(Duration timeout) {
        return timeout.isZero() ? Connection.NEVER : worker.now() + timeout.toNanos();
    }

    /**
     * Tries an endpoint.
     *
     * @param fresh whether by a new connection in any case
     */
    private void attempt(boolean fresh) {
        ServicePort to = requireNonNull(service);
        Cluster cluster = worker.destinations.of(to, worker.snapshot().upstream(to));
        Destination next = cluster.choose(worker.now());
        if (next == null) {
            answer(UNAVAILABLE);
            return;
        }
        attempts++;
        destination = next;
        next.active++;
        BackConnection idle = fresh ? null : next.take();
        if (idle != null) {
            attach(idle);
        } else {
            front.deadline = hardDeadline();
            back = new BackConnection(worker, next, this);
            worker.connect(back);
        }
    }

    /** The connection is there. */
    void attach(BackConnection connection) {
        back = connection;
        attached = true;
        connection.begin(this);
        connection.write(requireNonNull(head).retainedDuplicate());
        if (front.isRequestDone()) {
            requestSent();
        } else {
            front.deadline = Math.min(hardDeadline(), worker.now() + worker.nanos.requestBody());
        }
        front.work();
    }

    private long hardDeadline() {
        Forward by = forward;
        if (by == null || by.attemptTimeout().isEmpty()) {
            return hard;
        }
        return Math.min(hard, deadline(by.attemptTimeout().get()));
    }

    private void requestSent() {
        requestSent = true;
        Forward by = forward;
        boolean own = by == null || by.timeout().isEmpty() && by.attemptTimeout().isEmpty();
        front.deadline = own && !responseBegan ? worker.now() + worker.nanos.response() : hard;
    }

    boolean takesBody() {
        return attached;
    }

    boolean isRequestSent() {
        return requestSent;
    }

    boolean isBackWritable() {
        return back == null || !attached || back.isWritable();
    }

    boolean isHead() {
        return request.isHead();
    }

    void requestBody(ByteBuf bytes, boolean last) {
        bytesIn += bytes.readableBytes();
        if (back != null) {
            back.write(bytes);
        } else {
            bytes.release();
        }
        if (last) {
            requestSent();
        } else {
            front.deadline = Math.min(hard, worker.now() + worker.nanos.requestBody());
        }
    }

    /** The client's body is wrong. */
    void requestBroken(int code) {
        detach(true);
        if (responseBegan) {
            end();
            front.abort();
        } else {
            answer(code);
        }
    }

    void connectFailed(Throwable cause) {
        worker.counters.attemptFailed();
        if (destination != null) {
            destination.avoidUntil = worker.now() + AVOID;
        }
        detach(false);
        again(cause instanceof ConnectTimeoutException ? TIMEOUT : BAD_GATEWAY);
    }

    /**
     * The endpoint closed before its response was whole.
     *
     * @param unanswered whether no head came
     */
    void backendGone(boolean unanswered) {
        boolean used = back != null && back.isUsed();
        detach(false);
        if (tunnel) {
            end();
            front.finish(false);
        } else if (!unanswered) {
            end();
            front.abort();
        } else {
            worker.counters.attemptFailed();
            boolean safe = bytesIn == 0 && (Routing.isIdempotent(method) || used && !requestSent);
            if (safe) {
                again(BAD_GATEWAY);
            } else {
                answer(BAD_GATEWAY);
            }
        }
    }

    private void again(int otherwise) {
        requestSent = false;
        if (attempts < worker.settings.capacity().attempts()) {
            attempt(true);
        } else {
            answer(otherwise);
        }
    }

    /** What the endpoint sends is not HTTP. */
    void responseBroken(Fault fault) {
        detach(true);
        if (responseBegan) {
            end();
            front.abort();
        } else {
            answer(BAD_GATEWAY);
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
            detach(true);
            answer(BAD_GATEWAY);
            return false;
        }
        status = response.status();
        responseBegan = true;
        boolean last = worker.isDraining() || !front.isRequestDone();
        HeaderEdit first = forward == null ? HeaderEdit.NONE : forward.response();
        HeaderEdit second = share == null ? HeaderEdit.NONE : share.response();
        stays = worker.writer.response(response, request, first, second, last);
        dropHead();
        if (requestSent) {
            front.deadline = hard;
        }
        return true;
    }

    boolean unchunks(ResponseHead response) {
        return response.unchunked(request);
    }

    void writeHead() {
        bytesOut += worker.writer.length();
        front.writeHead();
    }

    void responseBytes(ByteBuf bytes) {
        bytesOut += bytes.readableBytes();
        front.write(bytes);
        paceBack(worker.nanos.responseBody());
    }

    private void paceBack(long patience) {
        BackConnection from = back;
        if (from != null) {
            boolean takes = front.isWritable();
            from.read(takes);
            from.deadline = worker.now() + (takes ? patience : worker.nanos.stalledClient());
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
        hard = Connection.NEVER;
        front.deadline = worker.now() + worker.nanos.tunnel();
        if (back != null) {
            back.tunnel();
        }
        front.tunnel();
    }

    void tunnelFromClient(ByteBuf bytes) {
        bytesIn += bytes.readableBytes();
        front.deadline = worker.now() + worker.nanos.tunnel();
        if (back == null) {
            bytes.release();
        } else {
            back.write(bytes);
            front.regulate();
        }
    }

    void tunnelFromBackend(ByteBuf bytes) {
        front.deadline = worker.now() + worker.nanos.tunnel();
        responseBytes(bytes);
        if (back != null) {
            back.deadline = Connection.NEVER;
        }
    }

    void clientWritable() {
        paceBack(worker.nanos.responseBody());
        if (tunnel && back != null) {
            back.deadline = Connection.NEVER;
        }
    }

    void backWritable() {
        front.regulate();
    }

    /** The client's side took too long, or all of it, by the rule. */
    void expired() {
        boolean client = attached && !requestSent && isBackWritable() && worker.now() < hard;
        detach(true);
        if (responseBegan) {
            end();
            front.abort();
        } else {
            answer(client ? REQUEST_TIMEOUT : TIMEOUT);
        }
    }

    /** The response stopped. */
    void backendSilent() {
        detach(true);
        end();
        front.abort();
    }

    void clientGone() {
        BackConnection open = back;
        if (tunnel && open != null) {
            detach(false);
            open.finish();
        } else {
            detach(true);
        }
        end();
    }

    private void answer(int code) {
        answer(code, HeaderEdit.NONE, null);
    }

    private void answer(int code, HeaderEdit edit, @Nullable String location) {
        boolean last = worker.isDraining() || !front.isRequestDone();
        status = code;
        stays = worker.writer.answer(code, request, edit, location, last);
        writeHead();
        end();
        front.done(stays);
    }

    /** Lets go of the endpoint. */
    private void detach(boolean close) {
        BackConnection open = back;
        back = null;
        attached = false;
        if (destination != null) {
            destination.active--;
            destination = null;
        }
        if (close && open != null) {
            open.abandon();
        }
    }

    private void dropHead() {
        if (head != null) {
            head.release();
            head = null;
        }
    }

    private void end() {
        dropHead();
        if (!ended) {
            ended = true;
            worker.ended(this);
        }
    }

    @Nullable Rule rule() {
        return rule;
    }

    @Nullable ServicePort service() {
        return service;
    }

    int attempts() {
        return attempts;
    }

    int status() {
        return status;
    }

    long bytesIn() {
        return bytesIn;
    }

    long bytesOut() {
        return bytesOut;
    }
}
