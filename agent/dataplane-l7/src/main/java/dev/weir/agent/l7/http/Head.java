package dev.weir.agent.l7.http;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The head of a message, as a view of an array: of each header it knows where it is and, if the
 * proxy cares for it, which it is. Used again for the next message. The array must stay as it is
 * while the view is used. Of one thread.
 *
 * <p>Lines end in CRLF and nothing else. Whatever RFC 9112 leaves to the mercy of the recipient is
 * refused: another proxy or the backend might decide otherwise.
 */
public abstract sealed class Head permits RequestHead, ResponseHead {
    static final int MORE = -1;
    static final int REFUSED = -2;
    static final byte[] NOTHING = {};
    private static final int SPAN = 4;
    private static final int USUAL = 24;

    final Limits limits;
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
    private boolean names;

    /** Where the line begins that is to be read next. */
    private int line;

    /** Up to where this header's line has been looked at. */
    private int seen;

    /** Where its colon is; -1 if that was not found yet. */
    private int colon;

    /** {@link Octet#kinds} of its name up to now. */
    private int kinds;

    private int end;
    private int count;

    /** Of each header where its name begins and ends, and its value. */
    private int[] spans = new int[USUAL * SPAN];

    private Field[] fields = new Field[USUAL];

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
        for (int i = 0; i < count; i++) {
            if (Octet.same(bytes, nameFrom(i), nameTo(i), name)) {
                String one = text(valueFrom(i), valueTo(i));
                all = all == null ? one : all + ", " + one;
            }
        }
        return all;
    }

    private void begin(int from) {
        firstLine = true;
        next(from);
        count = 0;
        minor = 1;
        framing = Framing.NONE;
        length = 0;
        names = false;
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
        if (names) {
            markNamed();
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
        if (count == limits.headers()) {
            return refuse(Fault.HEADERS_TOO_MANY);
        }
        Field field = Field.of(b, from, nameTo);
        if ((kinds & Octet.UNDERSCORE) != 0 && Field.disguised(b, from, nameTo)) {
            field = Field.DISGUISED;
        }
        add(field, from, nameTo, valueFrom, valueTo);
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

    private void add(Field field, int nameFrom, int nameTo, int valueFrom, int valueTo) {
        if (count == fields.length) {
            fields = Arrays.copyOf(fields, 2 * count);
            spans = Arrays.copyOf(spans, 2 * count * SPAN);
        }
        fields[count] = field;
        int at = count++ * SPAN;
        spans[at] = nameFrom;
        spans[at + 1] = nameTo;
        spans[at + 2] = valueFrom;
        spans[at + 3] = valueTo;
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
        if (has(Field.CONTENT_LENGTH, count - 1)) {
            return refused(Fault.LENGTH_TWICE);
        }
        long value = 0;
        for (int i = from; i < to; i++) {
            int digit = bytes[i] - '0';
            if (digit < 0 || digit > 9 || value > (Long.MAX_VALUE - digit) / 10) {
                return refused(Fault.LENGTH);
            }
            value = 10 * value + digit;
        }
        length = value;
        framing = framing == Framing.CHUNKED ? framing : Framing.LENGTH;
        return from < to || refused(Fault.LENGTH);
    }

    private boolean noteCoding(int from, int to) {
        if (has(Field.TRANSFER_ENCODING, count - 1)) {
            return refused(Fault.CODING);
        }
        framing = Framing.CHUNKED;
        return Octet.same(bytes, from, to, "chunked")
                || refused(
                        endsInChunked(from, to) && bytes[from] != ','
                                ? Fault.CODING_UNKNOWN
                                : Fault.CODING);
    }

    private boolean endsInChunked(int from, int to) {
        int at = to - "chunked".length();
        return at > from
                && Octet.same(bytes, at, to, "chunked")
                && (bytes[at - 1] == ',' || bytes[at - 1] == ' ' || bytes[at - 1] == '\t');
    }

    private void noteConnection(int from, int to) {
        for (int at = from; at < to; at++) {
            int start = at;
            while (at < to && Octet.is(bytes[at], Octet.TOKEN)) {
                at++;
            }
            if (Octet.same(bytes, start, at, "close")) {
                close = true;
            } else if (Octet.same(bytes, start, at, "keep-alive")) {
                keepAlive = true;
            } else if (Octet.same(bytes, start, at, "upgrade")) {
                upgrade = true;
            } else if (at > start) {
                names = true;
            }
        }
    }

    private void markNamed() {
        for (int c = 0; c < count; c++) {
            if (fields[c] == Field.CONNECTION) {
                for (int at = valueFrom(c); at < valueTo(c); at++) {
                    int start = at;
                    while (at < valueTo(c) && Octet.is(bytes[at], Octet.TOKEN)) {
                        at++;
                    }
                    markNamed(start, at);
                }
            }
        }
    }

    private void markNamed(int from, int to) {
        for (int i = 0; i < count; i++) {
            if (fields[i] == Field.OTHER && sameName(i, from, to)) {
                fields[i] = Field.NAMED;
            }
        }
    }

    private boolean sameName(int i, int from, int to) {
        int at = nameFrom(i);
        if (nameTo(i) - at != to - from) {
            return false;
        }
        for (int j = from; j < to; j++) {
            if (Octet.lower(bytes[j]) != Octet.lower(bytes[at++])) {
                return false;
            }
        }
        return true;
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

    final boolean has(Field field, int before) {
        for (int i = 0; i < before; i++) {
            if (fields[i] == field) {
                return true;
            }
        }
        return false;
    }

    final int count() {
        return count;
    }

    final Field field(int i) {
        return fields[i];
    }

    final int nameFrom(int i) {
        return spans[i * SPAN];
    }

    final int nameTo(int i) {
        return spans[i * SPAN + 1];
    }

    final int valueFrom(int i) {
        return spans[i * SPAN + 2];
    }

    final int valueTo(int i) {
        return spans[i * SPAN + 3];
    }

    /** Where the line of a header begins; of {@link #count}, that of the empty one. */
    final int lineFrom(int i) {
        return i < count ? nameFrom(i) : end - 2;
    }

    final String text(int from, int to) {
        return new String(bytes, from, to - from, ISO_8859_1);
    }
}
