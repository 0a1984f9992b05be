package dev.weir.agent.l7.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** However a message is cut, the same comes out. */
class SplitTest {
    private static final Limits SMALL = new Limits(120, 20, 3, 20, 16, 10);
    private static final int BEFORE = 2;

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GET /a?b=c HTTP/1.1\nHost: a.example:80\nAccept:  */* \nX:\n\nGET / HT",
                "\nPOST /a HTTP/1.0\nContent-Length: 5\n\nhelloPOST",
                "POST http://a.example/b HTTP/1.1\nHost: b\nConnection: x, close\nX: y\n\n",
                "OPTIONS * HTTP/1.1\nhost: [::1]:8080\n\n",
                "POST / HTTP/1.1\nHost: a\nTransfer-Encoding: chunked\n\n"
                        + "5;a=\"b;\\\"\"\nhello\n3\nxyz\n0\nX: y\n\nGET",
                "GET / HTTP/1.1\nHost: a\nX: y\n z\n\n",
                "GET / HTTP/3.1\nHost: a\n\n",
                "GET /%2fa HTTP/1.1\nHost: a\n\n",
                "GET /0123456789012345678901234 HTTP/1.1\nHost: a\n\n",
                "GET / HTTP/1.1\nHost: a\nA: b\nC: d\nE: f\nG: h\n\n",
                "POST / HTTP/1.1\nHost: a\nContent-Length: 5\nTransfer-Encoding: chunked\n\n",
                "POST / HTTP/1.1\nHost: a\nContent-Length: 11\n\n",
                "POST / HTTP/1.1\nHost: a\nTransfer-Encoding: chunked\n\n5\nhello\n6\nhello",
                "POST / HTTP/1.1\nHost: a\nTransfer-Encoding: chunked\n\n5\nhelloo",
                "POST / HTTP/1.1\nHost: a\nTransfer-Encoding: chunked\n\n0\nHost: b\n\n",
                "GET / HTTP/1.1\nHost: a\nA: 012345678901234567890123456789012345678901234567890"
                        + "12345678901234567890123456789012345678901234567890\n\n"
            })
    void ofARequest(String text) {
        byte[] bytes = Wire.framed(Wire.crlf(text), BEFORE, 9);
        int end = bytes.length - 9;
        for (Limits limits : new Limits[] {Limits.DEFAULT, SMALL}) {
            Exchange whole = Exchange.read(bytes, BEFORE, end, limits);
            for (int cut = BEFORE; cut <= end; cut++) {
                assertThat(Exchange.read(bytes, BEFORE, end, limits, cut).same(whole, 0))
                        .as("cut at " + cut)
                        .isTrue();
            }
            int[] each = IntStream.rangeClosed(BEFORE, end).toArray();
            assertThat(Exchange.read(bytes, BEFORE, end, limits, each).same(whole, 0)).isTrue();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "HTTP/1.1 200 OK\nContent-Length: 5\nX: y\n\nhello",
                "HTTP/1.0 200\nConnection: keep-alive\n\n",
                "HTTP/1.1 404 Not Found\nTransfer-Encoding: chunked\n\n",
                "HTTP/1.1 200 OK\nTransfer-Encoding: gzip\n\n",
                "HTTP/1.1 2x0 OK\n\n"
            })
    void ofAResponse(String text) {
        byte[] bytes = Wire.crlf(text);
        ResponseHead whole = new ResponseHead(Limits.DEFAULT);
        Progress progress = whole.parse(bytes, 0, bytes.length);
        for (int cut = 0; cut < bytes.length; cut++) {
            ResponseHead parts = new ResponseHead(Limits.DEFAULT);
            Progress first = parts.parse(bytes, 0, cut);
            Progress second = first == Progress.MORE ? parts.parse(bytes, 0, bytes.length) : first;
            assertThat(second).as("cut at " + cut).isEqualTo(progress);
            if (progress == Progress.REFUSED) {
                assertThat(parts.fault()).as("cut at " + cut).isEqualTo(whole.fault());
            } else {
                assertThat(parts.end()).as("cut at " + cut).isEqualTo(whole.end());
                assertThat(parts.status()).as("cut at " + cut).isEqualTo(whole.status());
                assertThat(parts.framing(false)).isEqualTo(whole.framing(false));
                assertThat(parts.keepAlive()).isEqualTo(whole.keepAlive());
            }
        }
    }

    @Test
    void ofAHeadWhoseArrayGrows() {
        byte[] all = Wire.crlf("GET /a HTTP/1.1\nHost: a.example\nAccept: */*\n\n");
        RequestHead head = new RequestHead(Limits.DEFAULT);
        for (int to = 1; to < all.length; to++) {
            assertThat(head.parse(Arrays.copyOf(all, to), 0, to)).isEqualTo(Progress.MORE);
        }
        assertThat(head.parse(all, 0, all.length)).isEqualTo(Progress.DONE);
        assertThat(head.host()).isEqualTo("a.example");
        assertThat(head.header("accept")).isEqualTo("*/*");
    }
}
