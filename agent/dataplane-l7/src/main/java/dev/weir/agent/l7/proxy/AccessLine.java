package dev.weir.agent.l7.proxy;

import dev.weir.model.Key;
import dev.weir.routing.ServicePort;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.concurrent.TimeUnit;

/**
 * A line of the access log: time, client, {@code "method host path"} without the query, which may
 * hold secrets, status (0 when the client went before there was one), bytes of the request's body,
 * bytes of the response, microseconds, the object whose rule it was, the Service and the endpoints
 * tried; {@code -} for what there is not.
 */
final class AccessLine {
    private static final DateTimeFormatter SECONDS =
            DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss").withZone(ZoneOffset.UTC);
    private static final byte[] NONE = {' ', '-'};

    /** The second that was written last, and its text. */
    private record Second(long number, byte[] text) {}

    private static volatile Second last = new Second(0, new byte[0]);

    private AccessLine() {}

    static void write(LineBuffer line, Ledger ledger, long took) {
        begin(line, ledger.client);
        line.text(ledger.method).raw((byte) ' ');
        line.text(ledger.host).raw((byte) ' ');
        line.text(ledger.path);
        numbers(line, ledger.status, ledger.bytesIn, ledger.bytesOut, took);
        Key object = ledger.object;
        ServicePort service = ledger.service;
        if (object == null) {
            line.raw(NONE);
        } else {
            line.raw((byte) ' ').text(object.path());
        }
        if (service == null) {
            line.raw(NONE);
        } else {
            line.raw((byte) ' ').text(service.namespace()).raw((byte) '/');
            line.text(service.service()).raw((byte) ':').number(service.port());
        }
        line.raw((byte) ' ').number(ledger.attempts).end();
    }

    static void refused(LineBuffer line, FrontConnection from, int status) {
        begin(line, from);
        line.raw((byte) '-');
        numbers(line, status, 0, 0, 0);
        line.raw(NONE).raw(NONE).raw((byte) ' ').number(0).end();
    }

    private static void begin(LineBuffer line, FrontConnection from) {
        long millis = System.currentTimeMillis();
        line.begin().raw(second(millis / 1_000)).raw((byte) '.');
        long part = millis % 1_000;
        line.number(part / 100).number(part / 10 % 10).number(part % 10);
        line.raw((byte) 'Z').raw((byte) ' ').raw(from.client()).raw((byte) ' ');
        line.raw((byte) '"');
    }

    private static void numbers(LineBuffer line, int status, long in, long out, long took) {
        line.raw((byte) '"').raw((byte) ' ').number(status);
        line.raw((byte) ' ').number(in).raw((byte) ' ').number(out);
        line.raw((byte) ' ').number(TimeUnit.NANOSECONDS.toMicros(took));
    }

    private static byte[] second(long number) {
        Second known = last;
        if (known.number != number) {
            String text = SECONDS.format(Instant.ofEpochSecond(number));
            known = new Second(number, text.getBytes(StandardCharsets.US_ASCII));
            last = known;
        }
        return known.text;
    }
}
