package dev.weir.agent.l7.http;

import java.util.Random;

/**
 * Makes requests at random: right ones, those that make two programs see two different requests,
 * and plain garbage.
 */
final class Attacks {
    private static final String[] METHODS = {
        "POST", "POST", "POST", "GET", "HEAD", "OPTIONS", "get", "CONNECT", "", "PO ST", "P\0ST"
    };
    private static final String[] TARGETS = {
        "/",
        "/a/b?c=d",
        "/a;b",
        "//a",
        "http://b.example/x?y",
        "http://b.example",
        "*",
        "/a/../b",
        "/%2e%2e/",
        "/a%2fb",
        "/a\\b",
        "/a#b",
        "/\u00e4",
        "/a b",
        "a.example:443",
        "/%zz",
        "/%00"
    };
    private static final String[] VERSIONS = {
        "HTTP/1.0", "HTTP/1.2", "HTTP/2.0", "HTTP/0.9", "http/1.1", "HTTP/1.1 ", "HTTP/1.1\t", ""
    };
    private static final String[] HOSTS = {
        "Host: a", "host:a.example:80", "Host: [::1]:80", "Host : a", " Host: a", "Host: a, b",
        "Host: a/b", "Host:", "Host: a\0b", "Host: x@y", "Host: a\t", "Host:\u000ba"
    };
    private static final String[] CODINGS = {
        "Transfer-Encoding: chunked",
        "transfer-encoding:\tchunked ",
        "Transfer-Encoding: CHUNKED",
        "Transfer-Encoding : chunked",
        " Transfer-Encoding: chunked",
        "Transfer_Encoding: chunked",
        "Transfer-Encoding:\u000bchunked",
        "Transfer-Encoding: \0chunked",
        "Transfer-Encoding: xchunked",
        "Transfer-Encoding: chunked, identity",
        "Transfer-Encoding: gzip, chunked",
        "Transfer-Encoding: identity",
        "Transfer-Encoding: \"chunked\"",
        "Transfer-Encoding: chunked;q=1",
        "Transfer-Encoding: ,chunked",
        "Transfer-Encoding:\r\n chunked",
        "Transfer-Encoding\r\n: chunked",
        "X: y\nTransfer-Encoding: chunked",
        "X: y\rTransfer-Encoding: chunked",
        "Transfer-Encoding: chunked\nX: y",
        "Transfer\u00adEncoding: chunked"
    };
    private static final String[] LENGTHS = {
        "Content-Length: %d",
        "content-length:%d ",
        "Content-Length: 0%d",
        "Content-Length: +%d",
        "Content-Length: -%d",
        "Content-Length: 0x%d",
        "Content-Length: %d, %1$d",
        "Content-Length: %d 0",
        "Content-Length : %d",
        " Content-Length: %d",
        "Content_Length: %d",
        "Content-Length: %d\0",
        "Content-Length: 1844674407370955161%d",
        "Content-Length:\r\n %d",
        "X: y\nContent-Length: %d",
        "X: y\rContent-Length: %d"
    };
    private static final String[] OTHERS = {
        "Accept: */*",
        "Connection: close",
        "Connection: Content-Length, Transfer-Encoding, Host",
        "Connection: X-Forwarded-For, X-Private",
        "X-Private: 1",
        "Upgrade: websocket\r\nConnection: Upgrade",
        "Upgrade: h2c\r\nConnection: Upgrade, HTTP2-Settings\r\nHTTP2-Settings: x",
        "Keep-Alive: timeout=5",
        "TE: trailers",
        "TE: gzip",
        "Proxy: http://evil/",
        "Proxy-Connection: close",
        "X-Forwarded-For: 127.0.0.1",
        "X_Forwarded_For: 127.0.0.1",
        "X-Real-IP: 127.0.0.1",
        "Forwarded: for=127.0.0.1",
        "Expect: 100-continue",
        "Long: " + "a, ".repeat(40),
        "Umlaut: \u00e4",
        "Empty:",
        ": nothing",
        "Space Name: a"
    };
    private static final String[] STATUSES = {
        "200 OK",
        "200 OK",
        "200",
        "204 No Content",
        "304 Not Modified",
        "103 Early Hints",
        "101 Switching Protocols",
        "500 ",
        "20 OK",
        "2000 OK",
        "200\tOK",
        " 200 OK",
        "200 O\0K"
    };
    private static final String[] ENDS = {"\n", "\r", "\r\r\n", "\n\r", "\r\n ", "\r\n\r\n", ""};
    private static final String[] SIZES = {
        "%x",
        "0%x",
        "%X;a=b",
        "%x;a=\"b;\\\"\"",
        "0x%x",
        " %x",
        "%x ",
        "%x;",
        "%x\n",
        "+%x",
        "1000000000000000%x",
        "%x;a\n",
        "%x;a=\"\r\n\""
    };
    private static final String[] TRAILERS = {
        "X: y",
        "X: y",
        "Content-Length: 5",
        "Transfer_Encoding: chunked",
        "Host: b",
        " X: y",
        "X : y",
        "X"
    };
    private static final String BYTES =
            "\0\t\n\u000b\r \":;,%/.\\_\u007f\u0080\u0085\u00a0\u00ff0aZ";
    private static final String NEXT = "GET /smuggled HTTP/1.1\r\nHost: evil\r\n\r\n";

    private final Random random;

    Attacks(Random random) {
        this.random = random;
    }

    String next() {
        StringBuilder text = new StringBuilder(often(98) ? "" : "\r\n");
        text.append(often(70) ? "POST" : any(METHODS)).append(often(99) ? " " : "\t");
        text.append(often(70) ? "/a" : any(TARGETS)).append(often(99) ? " " : "  ");
        text.append(often(90) ? "HTTP/1.1" : any(VERSIONS)).append(end());
        text.append(often(90) ? "Host: a.example" : often(80) ? any(HOSTS) : "X: y").append(end());
        String content = "x".repeat(random.nextInt(12));
        String body = content;
        int kind = random.nextInt(10);
        if (kind < 5) {
            others(text);
            text.append(often(60) ? CODINGS[0] : any(CODINGS)).append(end());
            body = chunks(content);
        }
        if (kind > 3) {
            others(text);
            String length = often(60) ? LENGTHS[0] : any(LENGTHS);
            text.append(length.formatted(often(90) ? body.length() : 3)).append(end());
        }
        others(text);
        text.append(end()).append(body).append(often(50) ? NEXT : "");
        return often(70) ? text.toString() : mutated(text);
    }

    /** The head of a response. */
    String nextResponse() {
        StringBuilder text = new StringBuilder(often(95) ? "HTTP/1.1 " : "HTTP/1.0 ");
        text.append(any(STATUSES)).append(end());
        others(text);
        if (often(40)) {
            text.append(often(60) ? CODINGS[0] : any(CODINGS)).append(end());
        }
        others(text);
        if (often(40)) {
            text.append((often(60) ? LENGTHS[0] : any(LENGTHS)).formatted(5)).append(end());
        }
        others(text);
        text.append(end()).append("0\r\n\r\nHTTP/1.1 200 OK\r\n\r\n");
        return often(70) ? text.toString() : mutated(text);
    }

    private void others(StringBuilder text) {
        for (int i = random.nextInt(3); i > 0; i--) {
            text.append(any(OTHERS)).append(end());
        }
    }

    private String chunks(String content) {
        StringBuilder body = new StringBuilder();
        for (int at = 0; at < content.length(); ) {
            int size = 1 + random.nextInt(content.length() - at);
            body.append(size(size)).append(end());
            body.append(content, at, at + size).append(end());
            at += size;
        }
        body.append(size(0)).append(end());
        if (often(20)) {
            body.append(any(TRAILERS)).append(end());
        }
        return body.append(end()).toString();
    }

    private String size(int size) {
        return (often(90) ? SIZES[0] : any(SIZES)).formatted(size);
    }

    private String mutated(StringBuilder text) {
        for (int i = 1 + random.nextInt(3); i > 0 && !text.isEmpty(); i--) {
            mutate(text);
        }
        return text.toString();
    }

    private void mutate(StringBuilder text) {
        int at = random.nextInt(text.length());
        switch (random.nextInt(5)) {
            case 0 -> text.setCharAt(at, anyByte());
            case 1 -> text.insert(at, anyByte());
            case 2 -> text.deleteCharAt(at);
            case 3 -> text.insert(at, text.substring(at, Math.min(text.length(), at + 20)));
            default -> text.setLength(at + 1);
        }
    }

    private char anyByte() {
        return BYTES.charAt(random.nextInt(BYTES.length()));
    }

    private String end() {
        return often(99) ? "\r\n" : any(ENDS);
    }

    private boolean often(int percent) {
        return random.nextInt(100) < percent;
    }

    private String any(String[] all) {
        return all[random.nextInt(all.length)];
    }
}
