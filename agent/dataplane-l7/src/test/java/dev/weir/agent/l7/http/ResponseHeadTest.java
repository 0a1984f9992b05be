package dev.weir.agent.l7.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class ResponseHeadTest {
    static Stream<Arguments> framed() {
        return Stream.of(
                arguments("200 OK", "Content-Length: 5", false, Framing.LENGTH),
                arguments("200 OK", "Transfer-Encoding: chunked", false, Framing.CHUNKED),
                arguments("200 OK", "X: y", false, Framing.CLOSE),
                arguments("200 OK", "Content-Length: 5", true, Framing.NONE),
                arguments("200 OK", "Transfer-Encoding: chunked", true, Framing.NONE),
                arguments("204 No Content", "X: y", false, Framing.NONE),
                arguments("204 No Content", "Content-Length: 0", false, Framing.NONE),
                arguments("304 Not Modified", "Content-Length: 5", false, Framing.NONE),
                arguments("100 Continue", "X: y", false, Framing.NONE),
                arguments("101 Switching Protocols", "Upgrade: websocket", false, Framing.NONE),
                arguments("999 ", "Content-Length: 0", false, Framing.LENGTH));
    }

    @ParameterizedTest
    @MethodSource("framed")
    void bodiesAreFramed(String status, String header, boolean toHead, Framing framing) {
        ResponseHead head = Wire.response("HTTP/1.1 " + status + "\n" + header + "\n\n");
        assertThat(head.status()).isEqualTo(Integer.parseInt(status.substring(0, 3)));
        assertThat(head.framing(toHead)).isEqualTo(framing);
    }

    @Test
    void anInterimResponseIsKnown() {
        assertThat(Wire.response("HTTP/1.1 100\n\n").interim()).isTrue();
        assertThat(Wire.response("HTTP/1.1 103 Early Hints\n\n").interim()).isTrue();
        assertThat(Wire.response("HTTP/1.1 101 Switching\n\n").interim()).isFalse();
        assertThat(Wire.response("HTTP/1.1 200 OK\n\n").interim()).isFalse();
    }

    static Stream<Arguments> refused() {
        String ok = "HTTP/1.1 200 OK\r\n";
        return Stream.of(
                arguments("HTTP/2.0 200 OK\r\n\r\n", Fault.STATUS_LINE),
                arguments("ICY 200 OK\r\n\r\n", Fault.STATUS_LINE),
                arguments("\r\n" + ok + "\r\n", Fault.STATUS_LINE),
                arguments("HTTP/1.1  200 OK\r\n\r\n", Fault.STATUS_LINE),
                arguments("HTTP/1.1 20 OK\r\n\r\n", Fault.STATUS_LINE),
                arguments("HTTP/1.1 2000 OK\r\n\r\n", Fault.STATUS_LINE),
                arguments("HTTP/1.1 099 OK\r\n\r\n", Fault.STATUS_LINE),
                arguments("HTTP/1.1 200\tOK\r\n\r\n", Fault.STATUS_LINE),
                arguments("HTTP/1.1 200\n\r\n\r\n", Fault.STATUS_LINE),
                arguments("HTTP/1.1 200 OK\n\r\n", Fault.BARE_LF),
                arguments("HTTP/1.1 200 O\0K\r\n\r\n", Fault.HEADER_VALUE),
                arguments("HTTP/1.1 200 OK\rX: y\r\n\r\n", Fault.BARE_CR),
                arguments(ok + "X: y\n\r\n", Fault.BARE_LF),
                arguments(ok + "X : y\r\n\r\n", Fault.HEADER_NAME),
                arguments(ok + "X: y\r\n z\r\n\r\n", Fault.FOLD),
                arguments(
                        ok + "Content-Length: 5\r\nContent-Length: 6\r\n\r\n", Fault.LENGTH_TWICE),
                arguments(ok + "Content-Length: 5, 5\r\n\r\n", Fault.LENGTH),
                arguments(
                        ok + "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n",
                        Fault.LENGTH_AND_CODING),
                arguments(ok + "Transfer-Encoding: gzip\r\n\r\n", Fault.CODING),
                arguments(
                        "HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", Fault.CODING_OLD));
    }

    @ParameterizedTest
    @MethodSource("refused")
    void whatIsRefused(String text, Fault fault) {
        ResponseHead head = new ResponseHead(Limits.DEFAULT);
        byte[] bytes = Wire.bytes(text);
        assertThat(head.parse(bytes, 0, bytes.length)).isEqualTo(Progress.REFUSED);
        assertThat(head.fault()).isEqualTo(fault);
    }
}
