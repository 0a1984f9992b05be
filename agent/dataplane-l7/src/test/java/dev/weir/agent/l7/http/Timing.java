package dev.weir.agent.l7.http;

import dev.weir.model.IpAddress;
import dev.weir.routing.HeaderEdit;
import dev.weir.routing.HeaderEdit.Header;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.List;

/**
 * Prints what a request costs in the codec: both heads read, routing's view of the first, both
 * heads written. Run by hand: {@code java -cp ... dev.weir.agent.l7.http.Timing}.
 */
final class Timing {
    private static final String SHORT =
            """
            GET /api/v1/items?page=2 HTTP/1.1
            Host: shop.example
            User-Agent: wrk/4.2
            Accept: */*
            Connection: keep-alive

            """;
    private static final String BROWSER =
            """
            GET /static/app/main.4f2a91.js?v=20261121 HTTP/1.1
            Host: shop.example.com
            Connection: keep-alive
            sec-ch-ua: "Chromium";v="140", "Not=A?Brand";v="24", "Browser";v="140"
            sec-ch-ua-mobile: ?0
            User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36
            sec-ch-ua-platform: "Linux"
            Accept: text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8
            Sec-Fetch-Site: same-origin
            Sec-Fetch-Mode: no-cors
            Sec-Fetch-Dest: script
            Referer: https://shop.example.com/products/list?category=tools&sort=price
            Accept-Encoding: gzip, deflate, br, zstd
            Accept-Language: en-GB,en;q=0.9,de;q=0.8
            Cookie: session=0f9c2a7d54e84d0c9f6a1b2c3d4e5f60; theme=dark; consent=1; cart=5e0b1c9d8a7f6e5d4c3b2a19
            If-None-Match: "65f1c2d3-4a5b6"

            """;
    private static final String RESPONSE =
            """
            HTTP/1.1 200 OK
            Server: nginx/1.22.1
            Date: Sat, 21 Nov 2026 21:00:00 GMT
            Content-Type: text/plain
            Content-Length: 100
            Last-Modified: Sat, 21 Nov 2026 20:00:00 GMT
            Connection: keep-alive
            ETag: "65f1c2d3-64"
            Accept-Ranges: bytes

            """;
    private static final HeaderEdit EDIT =
            new HeaderEdit(
                    List.of(new Header("X-Route", "shop")),
                    List.of(new Header("X-Added", "1")),
                    List.of("X-Removed"));
    private static final int ROUNDS = 200_000;
    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

    private final RequestHead request = new RequestHead(Limits.DEFAULT);
    private final ResponseHead response = new ResponseHead(Limits.DEFAULT);
    private final HeadWriter writer = new HeadWriter();
    private final Peer peer =
            new Peer(IpAddress.of("192.0.2.7"), IpAddress.of("10.0.0.1"), 80, false, false);
    private long sum;

    private Timing() {}

    public static void main(String[] args) {
        Timing timing = new Timing();
        for (int i = 0; i < 8; i++) {
            timing.print("short", SHORT, HeaderEdit.NONE);
            timing.print("short, edited", SHORT, EDIT);
            timing.print("browser", BROWSER, HeaderEdit.NONE);
            timing.print("browser, edited", BROWSER, EDIT);
        }
        System.out.println("(" + timing.sum + ")");
    }

    private void print(String what, String head, HeaderEdit edit) {
        byte[] asked = Wire.crlf(head);
        byte[] answered = Wire.crlf(RESPONSE);
        long read =
                nanos(
                        () -> {
                            request.parse(asked, 0, asked.length);
                            sum += request.host().hashCode() + request.path().hashCode();
                        });
        long written =
                nanos(
                        () -> {
                            writer.request(request, peer, edit, HeaderEdit.NONE);
                            sum += writer.length();
                        });
        long answer =
                nanos(
                        () -> {
                            response.parse(answered, 0, answered.length);
                            sum += response.status();
                        });
        long passed =
                nanos(
                        () -> {
                            writer.response(response, request, edit, HeaderEdit.NONE, false);
                            sum += writer.length();
                        });
        System.out.printf(
                "%-16s request %4d B: read %4d ns, written %4d ns; response: read %4d ns,"
                        + " written %4d ns%n",
                what, asked.length, read, written, answer, passed);
    }

    /** Of the processor, each. */
    private static long nanos(Runnable what) {
        long start = THREADS.getCurrentThreadCpuTime();
        for (int i = 0; i < ROUNDS; i++) {
            what.run();
        }
        return (THREADS.getCurrentThreadCpuTime() - start) / ROUNDS;
    }
}
