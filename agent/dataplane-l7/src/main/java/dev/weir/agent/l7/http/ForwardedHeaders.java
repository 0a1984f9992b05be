package dev.weir.agent.l7.http;

/**
 * What backends are told of the client: {@code X-Forwarded-For}, {@code -Proto}, {@code -Port},
 * {@code -Host}, {@code X-Real-IP}, and {@code Forwarded} (RFC 7239). Of a trusted peer the first
 * and the last are added to and the others believed; of anybody else all are replaced.
 */
final class ForwardedHeaders {
    static final long ALL =
            Field.set(
                    Field.FORWARDED,
                    Field.X_FORWARDED_FOR,
                    Field.X_FORWARDED_HOST,
                    Field.X_FORWARDED_PORT,
                    Field.X_FORWARDED_PROTO,
                    Field.X_REAL_IP);

    private static final byte[] FORWARDED = HeadWriter.bytes("Forwarded: ");
    private static final byte[] FOR = HeadWriter.bytes("X-Forwarded-For: ");
    private static final byte[] HOST = HeadWriter.bytes("X-Forwarded-Host: ");
    private static final byte[] PORT = HeadWriter.bytes("X-Forwarded-Port: ");
    private static final byte[] PROTO = HeadWriter.bytes("X-Forwarded-Proto: ");
    private static final byte[] REAL = HeadWriter.bytes("X-Real-IP: ");
    private static final byte[] COMMA = HeadWriter.bytes(", ");
    private static final byte[] ELEMENT_HOST = HeadWriter.bytes(";host=");
    private static final byte[] QUOTE = {'"'};

    private ForwardedHeaders() {}

    static void write(Output out, RequestHead head, Peer peer, Edits edits) {
        boolean all = edits.none() || !edits.touches(ALL);
        if (!peer.trusted && all) {
            out.put(peer.headers);
            if (head.authorityTo() > 0) {
                out.put(HOST).put(head.bytes, head.authorityFrom(), head.authorityTo()).line();
            }
        } else {
            if (says(Field.X_FORWARDED_FOR, edits)) {
                out.put(FOR);
                before(out, head, peer, Field.X_FORWARDED_FOR);
                out.put(peer.client).line();
            }
            one(out, head, peer, edits, Field.X_FORWARDED_PROTO, PROTO, peer.scheme);
            one(out, head, peer, edits, Field.X_FORWARDED_PORT, PORT, peer.port);
            one(out, head, peer, edits, Field.X_REAL_IP, REAL, peer.client);
            host(out, head, peer, edits);
        }
        if (all || says(Field.FORWARDED, edits)) {
            out.put(FORWARDED);
            before(out, head, peer, Field.FORWARDED);
            element(out, head, peer);
        }
    }

    private static boolean says(Field field, Edits edits) {
        return !edits.drops(field.text());
    }

    /** What a trusted peer says already, with a comma after it. */
    private static void before(Output out, RequestHead head, Peer peer, Field field) {
        for (int i = 0; peer.trusted && i < head.fields.count(); i++) {
            if (head.fields.field(i) == field
                    && head.fields.valueTo(i) > head.fields.valueFrom(i)) {
                out.put(head.bytes, head.fields.valueFrom(i), head.fields.valueTo(i)).put(COMMA);
            }
        }
    }

    private static void one(
            Output out,
            RequestHead head,
            Peer peer,
            Edits edits,
            Field field,
            byte[] name,
            byte[] value) {
        if (says(field, edits) && !believed(out, head, peer, field, name)) {
            out.put(name).put(value).line();
        }
    }

    /** Writes what a trusted peer says under this name, the first of several. */
    private static boolean believed(
            Output out, RequestHead head, Peer peer, Field field, byte[] name) {
        for (int i = 0; peer.trusted && i < head.fields.count(); i++) {
            if (head.fields.field(i) == field) {
                out.put(name)
                        .put(head.bytes, head.fields.valueFrom(i), head.fields.valueTo(i))
                        .line();
                return true;
            }
        }
        return false;
    }

    private static void host(Output out, RequestHead head, Peer peer, Edits edits) {
        if (says(Field.X_FORWARDED_HOST, edits)
                && !believed(out, head, peer, Field.X_FORWARDED_HOST, HOST)
                && head.authorityTo() > 0) {
            out.put(HOST).put(head.bytes, head.authorityFrom(), head.authorityTo()).line();
        }
    }

    private static void element(Output out, RequestHead head, Peer peer) {
        out.put(peer.element);
        if (head.authorityTo() > 0) {
            boolean quoted = !head.plainHost();
            out.put(ELEMENT_HOST).put(quoted ? QUOTE : Head.NOTHING);
            out.put(head.bytes, head.authorityFrom(), head.authorityTo());
            out.put(quoted ? QUOTE : Head.NOTHING);
        }
        out.line();
    }
}
