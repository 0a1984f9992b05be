package dev.weir.agent.l7.http;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Follows a body that is passed on as it comes, and finds its end. Of content it looks at nothing;
 * the lines of chunks and trailers it checks. What comes out does not depend on how the bytes were
 * cut. Used again for the next body. Of one thread.
 */
public final class BodyScanner {
    /** A size of more digits could be cut off by somebody. */
    private static final int DIGITS = 16;

    private enum State {
        CONTENT,
        SIZE,
        EXTENSION,
        EXTENSION_NAME,
        EXTENSION_IS,
        EXTENSION_VALUE,
        QUOTED,
        ESCAPED,
        QUOTED_END,
        SIZE_LF,
        CHUNK,
        CHUNK_CR,
        CHUNK_LF,
        TRAILERS,
        DONE,
        FAILED
    }

    private final Limits limits;
    private final TrailerScanner trailers;
    private State state = State.DONE;
    private boolean untilClose;
    private @Nullable Fault fault;

    /** Bytes of content that are to come, of this chunk or of the body. */
    private long left;

    private long content;

    /** Bytes of this line, or of all trailers. */
    private int line;

    /** Digits of this chunk's size. */
    private int digits;

    /**
     * @param limits its {@link Limits#body} is for content in chunks; that of a known length is
     *     refused with its head
     */
    public BodyScanner(Limits limits) {
        this.limits = limits;
        trailers = new TrailerScanner();
    }

    /**
     * Begins a body.
     *
     * @param length of {@link Framing#LENGTH}, in bytes, not negative
     */
    public void start(Framing framing, long length) {
        fault = null;
        content = 0;
        line = 0;
        digits = 0;
        left = 0;
        untilClose = framing == Framing.CLOSE;
        state =
                switch (framing) {
                    case NONE -> State.DONE;
                    case LENGTH -> length == 0 ? State.DONE : State.CONTENT;
                    case CHUNKED -> State.SIZE;
                    case CLOSE -> State.CONTENT;
                };
        if (framing == Framing.LENGTH) {
            left = length;
        } else if (framing == Framing.CLOSE) {
            left = Long.MAX_VALUE;
        }
    }

    /** {@link #scan(Octets, int, int, Runs)} for who passes on what frames the content, too. */
    public int scan(Octets bytes, int from, int to) {
        return scan(bytes, from, to, Runs.NONE);
    }

    /**
     * Follows the body through a buffer.
     *
     * @return the index after the last byte that belongs to it; less than {@code to} only if it is
     *     {@link #done} or {@link #failed}
     */
    public int scan(Octets bytes, int from, int to, Runs runs) {
        int at = from;
        while (at < to && state != State.DONE && state != State.FAILED) {
            if (state == State.CONTENT || state == State.CHUNK) {
                int run = (int) Math.min(left, to - at);
                runs.content(at, at + run);
                at += run;
                passed(run);
            } else {
                state = next(bytes.at(at));
                if (state != State.FAILED) {
                    at++;
                }
            }
        }
        return at;
    }

    /** Whether the body is complete. */
    public boolean done() {
        return state == State.DONE;
    }

    /** Whether it is wrong. Nothing after it on the connection has a meaning. */
    public boolean failed() {
        return state == State.FAILED;
    }

    /** After {@link #failed}. */
    public Fault fault() {
        return Objects.requireNonNull(fault, "not failed");
    }

    /** Bytes of content up to now. */
    public long content() {
        return content;
    }

    /**
     * The connection has ended.
     *
     * @return whether the body had, or has by this
     */
    public boolean close() {
        if (untilClose) {
            state = State.DONE;
        }
        return done();
    }

    private void passed(int run) {
        content += run;
        if (!untilClose) {
            left -= run;
        }
        if (left == 0) {
            state = state == State.CHUNK ? State.CHUNK_CR : State.DONE;
        }
    }

    private State next(byte b) {
        if (state == State.TRAILERS) {
            return trailer(b);
        }
        if (++line > limits.chunkLine()) {
            return fail(Fault.CHUNK_LINE_TOO_LONG);
        }
        return switch (state) {
            case SIZE -> size(b);
            case EXTENSION -> Octet.is(b, Octet.TOKEN) ? State.EXTENSION_NAME : wrong();
            case EXTENSION_NAME -> {
                if (Octet.is(b, Octet.TOKEN)) {
                    yield State.EXTENSION_NAME;
                }
                yield b == '=' ? State.EXTENSION_IS : sizeEnd(b);
            }
            case EXTENSION_IS -> {
                if (Octet.is(b, Octet.TOKEN)) {
                    yield State.EXTENSION_VALUE;
                }
                yield b == '"' ? State.QUOTED : wrong();
            }
            case EXTENSION_VALUE -> Octet.is(b, Octet.TOKEN) ? State.EXTENSION_VALUE : sizeEnd(b);
            case QUOTED ->
                    switch (b) {
                        case '"' -> State.QUOTED_END;
                        case '\\' -> State.ESCAPED;
                        default -> Octet.is(b, Octet.VALUE) ? State.QUOTED : wrong();
                    };
            case ESCAPED -> Octet.is(b, Octet.VALUE) ? State.QUOTED : wrong();
            case QUOTED_END -> sizeEnd(b);
            case SIZE_LF -> b == '\n' ? chunk() : fail(Fault.BARE_CR);
            case CHUNK_CR -> b == '\r' ? State.CHUNK_LF : wrong();
            case CHUNK_LF -> b == '\n' ? line() : wrong();
            case CONTENT, CHUNK, TRAILERS, DONE, FAILED -> throw new IllegalStateException();
        };
    }

    private State size(byte b) {
        int digit = Octet.hex(b);
        if (digit < 0) {
            return digits == 0 ? wrong() : sizeEnd(b);
        }
        if (++digits > DIGITS || left > Long.MAX_VALUE >> 4) {
            return wrong();
        }
        left = left << 4 | digit;
        return State.SIZE;
    }

    private State sizeEnd(byte b) {
        return switch (b) {
            case ';' -> State.EXTENSION;
            case '\r' -> State.SIZE_LF;
            case '\n' -> fail(Fault.BARE_LF);
            default -> wrong();
        };
    }

    private State chunk() {
        line = 0;
        if (left == 0) {
            trailers.start();
            return State.TRAILERS;
        }
        return left > limits.body() - content ? fail(Fault.BODY_TOO_LARGE) : State.CHUNK;
    }

    private State line() {
        line = 0;
        digits = 0;
        return State.SIZE;
    }

    private State trailer(byte b) {
        if (++line > limits.trailers()) {
            return fail(Fault.TRAILERS_TOO_LARGE);
        }
        return switch (trailers.next(b)) {
            case MORE -> State.TRAILERS;
            case DONE -> State.DONE;
            case REFUSED -> fail(trailers.fault());
        };
    }

    private State wrong() {
        return fail(Fault.CHUNK);
    }

    private State fail(Fault why) {
        fault = why;
        return State.FAILED;
    }
}
