package dev.weir.agent.l7.http;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.ByteArrayOutputStream;
import org.jspecify.annotations.Nullable;

/**
 * What the codec makes of the bytes of one request.
 *
 * @param state of the head, and if that is done of the body
 * @param fault of either
 * @param headEnd where the body begins
 * @param end where it ends
 */
record Exchange(
        Progress state,
        @Nullable Fault fault,
        @Nullable RequestHead head,
        int headEnd,
        int end,
        String content) {

    /** Reads an array whose bytes come in parts. */
    static Exchange read(byte[] bytes, int from, int to, Limits limits, int... cuts) {
        RequestHead head = new RequestHead(limits);
        int cut = 0;
        Progress state = Progress.MORE;
        int have = from;
        while (state == Progress.MORE && (have < to || cut == 0)) {
            have = cut < cuts.length ? cuts[cut] : to;
            cut++;
            state = head.parse(bytes, from, have);
        }
        if (state == Progress.REFUSED) {
            return new Exchange(state, head.fault(), null, 0, 0, "");
        }
        if (state == Progress.MORE) {
            return new Exchange(state, null, null, 0, 0, "");
        }
        BodyScanner scanner = new BodyScanner(limits);
        scanner.start(head.framing(), head.length());
        ByteArrayOutputStream content = new ByteArrayOutputStream();
        int at = head.end();
        while (!scanner.done() && !scanner.failed() && at < to) {
            at =
                    scanner.scan(
                            i -> bytes[i],
                            at,
                            have,
                            (start, stop) -> content.write(bytes, start, stop - start));
            have = cut < cuts.length ? cuts[cut] : to;
            cut++;
        }
        return new Exchange(
                scanner.done()
                        ? Progress.DONE
                        : scanner.failed() ? Progress.REFUSED : Progress.MORE,
                scanner.failed() ? scanner.fault() : null,
                head,
                head.end(),
                at,
                content.toString(ISO_8859_1));
    }

    /** Whether both came to the same, wherever their bytes were. */
    boolean same(Exchange other, int moved) {
        return state == other.state
                && fault == other.fault
                && content.equals(other.content)
                && (state != Progress.DONE || end + moved == other.end);
    }
}
