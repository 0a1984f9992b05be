package dev.weir.agent.l7.http;

/**
 * Checks what follows the last chunk, byte by byte: fields as in a head, then an empty line.
 * Refuses fields that say how a message is framed, routed or where it is from (RFC 9110 section
 * 6.5.1): some programs take trailers for headers.
 */
final class TrailerScanner {
    private enum At {
        LINE,
        NAME,
        VALUE,
        LF,
        LAST_LF
    }

    /** Longer than any name of {@link Field}. */
    private final byte[] name = new byte[32];

    private int length;
    private At at = At.LINE;
    private Fault fault = Fault.TRAILER;

    void start() {
        at = At.LINE;
        length = 0;
    }

    Fault fault() {
        return fault;
    }

    Progress next(byte b) {
        switch (at) {
            case LINE, NAME -> {
                if (Octet.is(b, Octet.TOKEN)) {
                    name(b);
                } else if (b == '\r' && at == At.LINE) {
                    at = At.LAST_LF;
                } else if (b != ':' || at == At.LINE || known()) {
                    return refuse(b == '\n' ? Fault.BARE_LF : Fault.TRAILER);
                } else {
                    at = At.VALUE;
                }
            }
            case VALUE -> {
                if (b == '\r') {
                    at = At.LF;
                } else if (!Octet.is(b, Octet.VALUE)) {
                    return refuse(b == '\n' ? Fault.BARE_LF : Fault.TRAILER);
                }
            }
            case LF, LAST_LF -> {
                if (b != '\n') {
                    return refuse(Fault.BARE_CR);
                }
                if (at == At.LAST_LF) {
                    return Progress.DONE;
                }
                start();
            }
        }
        return Progress.MORE;
    }

    private void name(byte b) {
        at = At.NAME;
        if (length < name.length) {
            name[length++] = b == '_' ? (byte) '-' : b;
        }
    }

    private boolean known() {
        return length < name.length && Field.of(name, 0, length) != Field.OTHER;
    }

    private Progress refuse(Fault why) {
        fault = why;
        return Progress.REFUSED;
    }
}
