package dev.weir.agent.l7.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.routing.HeaderEdit;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Whatever a backend sends: the client sees one response, framed as the proxy understood it. */
class SplittingTest {
    private static final int RESPONSES = Integer.getInteger("weir.l7.requests", 10_000);

    private final HeadWriter writer = new HeadWriter();

    @Test
    void theClientSeesTheOneResponseThatTheProxySees() {
        long seed = Long.getLong("weir.l7.seed", System.nanoTime());
        System.out.println("SplittingTest: seed " + seed + ", responses " + RESPONSES);
        Random random = new Random(seed);
        Attacks attacks = new Attacks(random);
        List<RequestHead> requests =
                List.of(
                        Wire.request("GET / HTTP/1.1\nHost: a\n\n"),
                        Wire.request("HEAD / HTTP/1.1\nHost: a\n\n"),
                        Wire.request("GET / HTTP/1.0\nConnection: keep-alive\n\n"));
        ResponseHead head = new ResponseHead(Limits.DEFAULT);
        int done = 0;
        for (int i = 0; i < RESPONSES; i++) {
            byte[] bytes = Wire.bytes(attacks.nextResponse());
            String what = "seed " + seed + ", response " + i + ":\n" + Wire.shown(bytes);
            head.reset();
            if (head.parse(bytes, 0, bytes.length) == Progress.DONE) {
                done++;
                for (RequestHead request : requests) {
                    passesOn(head, request, what);
                }
            }
        }
        assertThat(done).as("accepted").isBetween(RESPONSES / 10, RESPONSES * 9 / 10);
    }

    private void passesOn(ResponseHead head, RequestHead request, String what) {
        boolean stays = writer.response(head, request, HeaderEdit.NONE, HeaderEdit.NONE, false);
        String sent = Wire.text(writer.bytes(), 0, writer.length());
        String both = what + "\nsent:\n" + Wire.shown(Wire.bytes(sent));
        assertThat(sent).as(both).endsWith("\r\n\r\n");
        String[] lines = sent.substring(0, sent.length() - 4).split("\r\n", -1);
        assertThat(lines[0])
                .as(both)
                .matches("HTTP/1\\.1 [1-9][0-9]{2} [\\t\\x20-\\x7e\\x80-\\xff]*");
        int lengths = 0;
        int codings = 0;
        int closes = 0;
        for (String line : List.of(lines).subList(1, lines.length)) {
            assertThat(line).as(both).matches(Reference.HEADER);
            lengths += line.matches("(?i)content-length:[ \t]*[0-9]+[ \t]*") ? 1 : 0;
            codings += line.matches("(?i)transfer-encoding:[ \t]*chunked[ \t]*") ? 1 : 0;
            closes += line.equals("Connection: close") ? 1 : 0;
            assertThat(line).as(both).doesNotMatch("(?i)(keep-alive|proxy|te|x_forwarded_for):.*");
        }
        Framing framing = head.framing(request.isHead());
        boolean chunked = framing == Framing.CHUNKED && !request.old();
        assertThat(codings).as(both).isEqualTo(chunked ? 1 : 0);
        assertThat(lengths + codings).as(both).isLessThan(2);
        assertThat(lengths == 1 || framing != Framing.LENGTH).as(both).isTrue();
        assertThat(lengths == 0 || head.status() >= 200 && head.status() != 204).as(both).isTrue();
        assertThat(closes).as(both).isEqualTo(stays || head.status() < 200 ? 0 : 1);
        assertThat(stays && (framing == Framing.CLOSE || head.unchunked(request)))
                .as(both)
                .isFalse();
    }
}
