package dev.weir.agent.l7.http;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The head of a message, as a view of an array: of each header it knows where it is and, if the
 * proxy cares for it, which it is. Used again for the next message. The array must stay as it is as
 * long as texts are asked for; what is no text stays right without it. Of one thread.
 *
 * <p>Lines end in CRLF and nothing else. Whatever RFC 9112 leaves to the mercy of the recipient is
 * refused: another proxy or the backend might decide otherwise.
 */
public abstract sealed class Head permits RequestHead, ResponseHead {
    static final int MORE = -1;
    static final int REFUSED = -2;
    static final byte[] NOTHING = {};

    final Limits limits;
    final Fields fields = new Fields();
    byte[] bytes = NOTHING;

    /** Of HTTP/1: 0 or 1. */
    int minor;

    Framing framing = Framing.NONE;
    long length;
    boolean close;
    boolean keepAlive;
    boolean upgrade;

    private Progress progress = Progress.DONE;
    private @Nullable Fault fault;
    private boolean firstLine;

    /** How many headers Connection names, at most. */
    private int named;

    /** Where the line begins that is to be read next. */
    private int line;

    /** Up to where this header's line has been looked at. */
    private int seen;

    /** Where its colon is; -1 if that was not found yet. */
    private int colon;

    /** {@link Octet#kinds} of its name up to now. */
    private int kinds;

    private int end;

    Head(Limits limits) {
        this.limits = limits;
    }

    /**
     * Reads on. After {@link Progress#MORE} call again with the same bytes and those that have come
     * since, at the same place of the same or a larger array; otherwise a new head begins at {@code
     * from}. What comes out does not depend on how the bytes were cut.
     *
     * @param to after the last byte that there is; more than the head does no harm
     */
    public final Progress parse(byte[] bytes, int from, int to) {
        Objects.checkFromToIndex(from, to, bytes.length);
        this.bytes = bytes;
        fields.in(bytes);
        if (progress != Progress.MORE) {
            begin(from);
        }
        boolean all = to - from >= limits.head();
        int stop = all ? from + limits.head() : to;
        progress = lines(stop, all);
        return progress;
    }

    /** Forgets a head of which only a part has come. */
    public final void reset() {
        progress = Progress.DONE;
    }

    /** After {@link Progress#DONE}: the index after the empty line, where the body begins. */
    public final int end() {
        return end;
    }

    /** After {@link Progress#REFUSED}. */
    public final Fault fault() {
        return Objects.requireNonNull(fault, "not refused");
    }

    /** Whether it says HTTP/1.0. */
    public final boolean old() {
        return minor == 0;
    }

    /** Whether the sender wants the connection to stay after this message. */
    public final boolean keepAlive() {
        return !close && (minor == 1 || keepAlive);
    }

    /**
     * The value of a header.
     *
     * @param name in lower case
     * @return several of one name with a comma and a blank between them; null when there is none
     */
    public final @Nullable String header(String name) {
        String all = null;
        for (int i = 0; i < fields.count(); i++) {
            if (fields.isName(i, name)) {
                String one = text(fields.valueFrom(i), fields.valueTo(i));
                all = all == null ? one : all + ", " + one;
            }
        }
        return all;
    }

    private void begin(int from) {
        firstLine = true;
        next(from);
        fields.clear();
        minor = 1;
        framing = Framing.NONE;
        length = 0;
        named = 0;
        close = false;
        keepAlive = false;
        upgrade = false;
        fault = null;
        started();
    }

    private void next(int from) {
        line = from;
        seen = from;
        colon = -1;
        kinds = 0;
    }

    /** Reads lines up to {@code stop}, after which there are {@code all} that may come. */
    private Progress lines(int stop, boolean all) {
        while (true) {
            int next = firstLine ? firstLine(line, stop) : header(line, stop);
            if (next == REFUSED) {
                return Progress.REFUSED;
            }
            if (next == MORE) {
                return all && refuse(Fault.HEAD_TOO_LARGE) == REFUSED
                        ? Progress.REFUSED
                        : Progress.MORE;
            }
            boolean last = !firstLine && next == line + 2;
            next(next);
            if (last) {
                end = next;
                return finish() ? Progress.DONE : Progress.REFUSED;
            }
        }
    }

    private boolean finish() {
        if (named > limits.headers()) {
            return refused(Fault.HEADERS_TOO_MANY);
        }
        if (named > 0) {
            fields.markNamed();
        }
        return complete();
    }

    /** Reads a header's line, or the empty one, which alone has two bytes. */
    private int header(int from, int stop) {
        byte[] b = bytes;
        int nameTo = colon;
        int at = seen;
        if (nameTo < 0) {
            for (int kind; at < stop && ((kind = Octet.kinds(b[at])) & Octet.TOKEN) != 0; at++) {
                kinds |= kind;
            }
            seen = at;
            if (at == stop) {
                return MORE;
            }
            if (b[at] != ':' || at == from) {
                return b[at] == '\r' && at == from
                        ? lineEnd(at, stop)
                        : refuse(nameFault(b[at], at == from));
            }
            nameTo = at++;
        }
        int valueTo = Octet.valueEnd(b, at, stop);
        int next = lineEnd(valueTo, stop);
        if (next < 0) {
            colon = nameTo;
            seen = valueTo;
            return next;
        }
        int valueFrom = nameTo + 1;
        while (valueFrom < valueTo && (b[valueFrom] == ' ' || b[valueFrom] == '\t')) {
            valueFrom++;
        }
        while (valueTo > valueFrom && (b[valueTo - 1] == ' ' || b[valueTo - 1] == '\t')) {
            valueTo--;
        }
        if (fields.count() == limits.headers()) {
            return refuse(Fault.HEADERS_TOO_MANY);
        }
        Field field = Field.of(b, from, nameTo);
        if ((kinds & Octet.UNDERSCORE) != 0 && Field.disguised(b, from, nameTo)) {
            field = Field.DISGUISED;
        }
        fields.add(field, from, nameTo, valueFrom, valueTo);
        return field == Field.OTHER || note(field, valueFrom, valueTo) ? next : REFUSED;
    }

    /** The index after the CRLF that must be here. */
    final int lineEnd(int at, int stop) {
        if (at < stop && bytes[at] != '\r') {
            return refuse(bytes[at] == '\n' ? Fault.BARE_LF : Fault.HEADER_VALUE);
        }
        if (at + 1 >= stop) {
            return MORE;
        }
        return bytes[at + 1] == '\n' ? at + 2 : refuse(Fault.BARE_CR);
    }

    private static Fault nameFault(byte b, boolean first) {
        return switch (b) {
            case '\n' -> Fault.BARE_LF;
            case ' ', '\t' -> first ? Fault.FOLD : Fault.HEADER_NAME;
            default -> Fault.HEADER_NAME;
        };
    }

    /** Takes notice of a header that the proxy cares for. */
    private boolean note(Field field, int from, int to) {
        return switch (field) {
            case CONTENT_LENGTH -> noteLength(from, to);
            case TRANSFER_ENCODING -> noteCoding(from, to);
            case CONNECTION -> {
                noteConnection(from, to);
                yield true;
            }
            default -> noted(field, from, to);
        };
    }

    private boolean noteLength(int from, int to) {
        if (fields.count(Field.CONTENT_LENGTH) > 1) {
            return refused(Fault.LENGTH_TWICE);
        }
        length = BodyFields.length(bytes, from, to);
        framing = framing == Framing.CHUNKED ? framing : Framing.LENGTH;
        return length >= 0 || refused(Fault.LENGTH);
    }

    private boolean noteCoding(int from, int to) {
        framing = Framing.CHUNKED;
        Fault wrong =
                fields.count(Field.TRANSFER_ENCODING) > 1
                        ? Fault.CODING
                        : BodyFields.coding(bytes, from, to);
        return wrong == null || refused(wrong);
    }

    private void noteConnection(int from, int to) {
        for (int at = from, end; at < to; at = end + 1) {
            end = Octet.end(bytes, at, to, Octet.TOKEN);
            if (Octet.same(bytes, at, end, "close")) {
                close = true;
            } else if (Octet.same(bytes, at, end, "keep-alive")) {
                keepAlive = true;
            } else if (Octet.same(bytes, at, end, "upgrade")) {
                upgrade = true;
            } else if (end > at) {
                named++;
            }
        }
    }

    /** Before the first byte. */
    abstract void started();

    /** Reads the first line; tells by {@link #pastFirstLine}. */
    abstract int firstLine(int from, int stop);

    /** Takes notice of any other header; false if it is refused. */
    abstract boolean noted(Field field, int from, int to);

    /** After the last header; false if it is refused. */
    abstract boolean complete();

    final int pastFirstLine(int next) {
        firstLine = next < 0;
        return next;
    }

    final int refuse(Fault why) {
        fault = why;
        return REFUSED;
    }

    final boolean refused(Fault why) {
        fault = why;
        return false;
    }

    /** Where the line of a header begins; of their count, that of the empty one. */
    final int lineFrom(int i) {
        return i < fields.count() ? fields.nameFrom(i) : end - 2;
    }

    final String text(int from, int to) {
        return new String(bytes, from, to - from, ISO_8859_1);
    }
}
