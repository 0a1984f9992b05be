package dev.weir.agent.l7.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class BodyScannerTest {
    private static final Limits SMALL = new Limits(200, 20, 3, 20, 16, 10);

    private final BodyScanner scanner = new BodyScanner(Limits.DEFAULT);

    static Stream<Arguments> complete() {
        return Stream.of(
                arguments("0\r\n\r\n", ""),
                arguments("000\r\n\r\n", ""),
                arguments("5\r\nhello\r\n0\r\n\r\n", "hello"),
                arguments(
                        "A\r\n0123456789\r\na\r\n0123456789\r\n0\r\n\r\n", "01234567890123456789"),
                arguments("0000000000000005\r\nhello\r\n0\r\n\r\n", "hello"),
                arguments("2\r\n\r\n\r\n0\r\n\r\n", "\r\n"),
                arguments("1;a\r\nx\r\n0;b=c;d=\"e \\\" ;f\"\r\n\r\n", "x"),
                arguments("0\r\nX: y\r\nZ:\r\n\r\n", ""));
    }

    @ParameterizedTest
    @MethodSource("complete")
    void chunksAreFollowed(String body, String content) {
        byte[] bytes = Wire.framed(Wire.bytes(body), 3, 7);
        StringBuilder seen = new StringBuilder();
        scanner.start(Framing.CHUNKED, 0);
        int end =
                scanner.scan(
                        i -> bytes[i],
                        3,
                        bytes.length,
                        (from, to) -> seen.append(Wire.text(bytes, from, to)));
        assertThat(scanner.done()).isTrue();
        assertThat(end).isEqualTo(bytes.length - 7);
        assertThat(seen).hasToString(content);
        assertThat(scanner.content()).isEqualTo(content.length());
    }

    static Stream<Arguments> refused() {
        return Stream.of(
                arguments("\r\n", Fault.CHUNK),
                arguments("x\r\n", Fault.CHUNK),
                arguments("0x1\r\n", Fault.CHUNK),
                arguments("+1\r\n", Fault.CHUNK),
                arguments("-1\r\n", Fault.CHUNK),
                arguments(" 1\r\n", Fault.CHUNK),
                arguments("1 \r\n", Fault.CHUNK),
                arguments("1_0\r\n", Fault.CHUNK),
                arguments("1\u00b2\r\n", Fault.CHUNK),
                arguments("00000000000000000\r\n", Fault.CHUNK),
                arguments("8000000000000000\r\n", Fault.CHUNK),
                arguments("ffffffffffffffff\r\n", Fault.CHUNK),
                arguments("10000000000000001\r\n", Fault.CHUNK),
                arguments("1\n", Fault.BARE_LF),
                arguments("1\rx\r\n", Fault.BARE_CR),
                arguments("1;\r\n", Fault.CHUNK),
                arguments("1;a\n", Fault.BARE_LF),
                arguments("1;a=\r\n", Fault.CHUNK),
                arguments("1;a=\"b\r\n", Fault.CHUNK),
                arguments("1;a=\"b\\\r\n", Fault.CHUNK),
                arguments("1;a=\"b\"c\r\n", Fault.CHUNK),
                arguments("1;a b\r\n", Fault.CHUNK),
                arguments("1;" + "a".repeat(300), Fault.CHUNK_LINE_TOO_LONG),
                arguments("1\r\nxx", Fault.CHUNK),
                arguments("1\r\nx\n", Fault.CHUNK),
                arguments("1\r\nx\rx", Fault.CHUNK),
                arguments("0\r\nX\r\n", Fault.TRAILER),
                arguments("0\r\n X: y\r\n", Fault.TRAILER),
                arguments("0\r\nX : y\r\n", Fault.TRAILER),
                arguments("0\r\nX: y\r\n z\r\n", Fault.TRAILER),
                arguments("0\r\n: y\r\n", Fault.TRAILER),
                arguments("0\r\nX: \0\r\n", Fault.TRAILER),
                arguments("0\r\nX: y\n", Fault.BARE_LF),
                arguments("0\r\n\n", Fault.BARE_LF),
                arguments("0\r\n\r\r", Fault.BARE_CR),
                arguments("0\r\nX: y\rz", Fault.BARE_CR),
                arguments("0\r\nX: " + "y".repeat(9000), Fault.TRAILERS_TOO_LARGE));
    }

    @ParameterizedTest
    @MethodSource("refused")
    void whatIsRefused(String body, Fault fault) {
        assertThat(fault(scanner, body)).isEqualTo(fault);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Content-Length",
                "transfer-encoding",
                "Transfer_Encoding",
                "HOST",
                "Connection",
                "X-Forwarded-For",
                "X_Forwarded_For",
                "Forwarded"
            })
    void noTrailerSaysHowTheMessageIsSent(String name) {
        assertThat(fault(scanner, "0\r\nX: y\r\n" + name + ": z\r\n\r\n")).isEqualTo(Fault.TRAILER);
    }

    @Test
    void contentInChunksMayBeAsLargeAsTheLimit() {
        BodyScanner small = new BodyScanner(SMALL);
        byte[] most = Wire.bytes("5\r\nhello\r\n5\r\nhello\r\n0\r\n\r\n");
        small.start(Framing.CHUNKED, 0);
        small.scan(i -> most[i], 0, most.length);
        assertThat(small.done()).isTrue();
        assertThat(fault(small, "5\r\nhello\r\n6\r\n")).isEqualTo(Fault.BODY_TOO_LARGE);
        assertThat(fault(small, "7fffffffffffffff\r\n")).isEqualTo(Fault.BODY_TOO_LARGE);
        assertThat(fault(small, "0\r\nX: 0123456789abcdef")).isEqualTo(Fault.TRAILERS_TOO_LARGE);
    }

    @Test
    void aLengthIsCounted() {
        scanner.start(Framing.LENGTH, 5);
        assertThat(scanner.scan(NOT_READ, 2, 5)).isEqualTo(5);
        assertThat(scanner.done()).isFalse();
        assertThat(scanner.scan(NOT_READ, 0, 9)).isEqualTo(2);
        assertThat(scanner.done()).isTrue();
        assertThat(scanner.scan(NOT_READ, 2, 9)).isEqualTo(2);
    }

    @Test
    void anEmptyBodyIsDoneAtOnce() {
        scanner.start(Framing.LENGTH, 0);
        assertThat(scanner.done()).isTrue();
        scanner.start(Framing.NONE, 0);
        assertThat(scanner.done()).isTrue();
    }

    @Test
    void onlyABodyUntilTheEndIsCompleteThen() {
        scanner.start(Framing.CLOSE, 0);
        assertThat(scanner.scan(NOT_READ, 0, 100)).isEqualTo(100);
        assertThat(scanner.done()).isFalse();
        assertThat(scanner.close()).isTrue();
        scanner.start(Framing.LENGTH, 101);
        scanner.scan(NOT_READ, 0, 100);
        assertThat(scanner.close()).isFalse();
        scanner.start(Framing.CHUNKED, 0);
        assertThat(scanner.close()).isFalse();
    }

    private static final Octets NOT_READ =
            index -> {
                throw new AssertionError("content is looked at");
            };

    private static Fault fault(BodyScanner scanner, String body) {
        byte[] bytes = Wire.bytes(body);
        scanner.start(Framing.CHUNKED, 0);
        scanner.scan(i -> bytes[i], 0, bytes.length);
        assertThat(scanner.failed()).isTrue();
        return scanner.fault();
    }
}
