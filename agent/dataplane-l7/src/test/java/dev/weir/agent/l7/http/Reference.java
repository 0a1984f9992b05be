package dev.weir.agent.l7.http;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads one request as RFC 9112 has it, by regular expressions and without any regard to speed.
 * Shares nothing with what it is to judge.
 */
sealed interface Reference {
    record Header(String name, String value) {
        boolean is(String other) {
            return name.equalsIgnoreCase(other);
        }
    }

    /**
     * @param end of the request in the text, which may go on
     */
    record Request(String method, String target, List<Header> headers, String content, int end)
            implements Reference {
        List<String> values(String name) {
            return headers.stream().filter(h -> h.is(name)).map(Header::value).toList();
        }
    }

    record CutOff() implements Reference {}

    record Refused(String why) implements Reference {}

    String TOKEN = "[!#$%&'*+.^_`|~0-9A-Za-z-]+";
    Pattern LINE = Pattern.compile("(" + TOKEN + ") ([\\x21-\\x22\\x24-\\x7e]+) HTTP/1\\.([01])");
    String VISIBLE = "[\\x21-\\x7e\\x80-\\xff]";
    String ANY = "[\\t\\x20-\\x7e\\x80-\\xff]";
    String VALUE = "((?:" + VISIBLE + "(?:" + ANY + "*" + VISIBLE + ")?)?)";
    Pattern HEADER = Pattern.compile("(" + TOKEN + "):[ \\t]*" + VALUE + "[ \\t]*");
    Pattern HOST =
            Pattern.compile("([0-9A-Za-z_-][0-9A-Za-z._-]*|\\[[0-9A-Fa-f:.]+])(:[0-9]{0,5})?");
    String QUOTED = "\"(?:[\\t !#-\\[\\]-~\\x80-\\xff]|\\\\" + ANY + ")*\"";
    String EXTENSION = ";" + TOKEN + "(?:=(?:" + TOKEN + "|" + QUOTED + "))?";
    Pattern CHUNK = Pattern.compile("([0-9A-Fa-f]{1,16})(?:" + EXTENSION + ")*");

    /** The request at the start of a text. */
    static Reference read(String text) {
        int from = text.startsWith("\r\n") ? 2 : 0;
        int end = text.indexOf("\r\n\r\n", from);
        if (end < 0) {
            return new CutOff();
        }
        String[] lines = text.substring(from, end).split("\r\n", -1);
        for (String line : lines) {
            if (line.indexOf('\r') >= 0 || line.indexOf('\n') >= 0) {
                return new Refused("bare CR or LF");
            }
        }
        Matcher first = LINE.matcher(lines[0]);
        if (!first.matches()) {
            return new Refused("request line " + lines[0]);
        }
        List<Header> headers = new ArrayList<>();
        for (String line : List.of(lines).subList(1, lines.length)) {
            Matcher header = HEADER.matcher(line);
            if (!header.matches()) {
                return new Refused("header " + line);
            }
            headers.add(new Header(header.group(1), header.group(2)));
        }
        Request head = new Request(first.group(1), first.group(2), headers, "", end + 4);
        return framed(head, first.group(3).equals("0"), text);
    }

    private static Reference framed(Request head, boolean old, String text) {
        List<String> hosts = head.values("Host");
        List<String> lengths = head.values("Content-Length");
        List<String> codings = head.values("Transfer-Encoding");
        if (hosts.size() > 1
                || hosts.isEmpty() && !old
                || !hosts.stream().allMatch(h -> HOST.matcher(h).matches())) {
            return new Refused("Host " + hosts);
        }
        if (!codings.isEmpty()) {
            return old
                            || !lengths.isEmpty()
                            || !codings.equals(List.of(codings.getFirst()))
                            || !codings.getFirst().equalsIgnoreCase("chunked")
                    ? new Refused("Transfer-Encoding " + codings)
                    : chunked(head, text);
        }
        if (lengths.isEmpty()) {
            return head;
        }
        if (lengths.size() > 1 || !isLong(lengths.getFirst())) {
            return new Refused("Content-Length " + lengths);
        }
        long length = Long.parseLong(lengths.getFirst());
        return text.length() - head.end() < length
                ? new CutOff()
                : with(head, text.substring(head.end(), head.end() + (int) length), (int) length);
    }

    private static boolean isLong(String digits) {
        return digits.matches("[0-9]+") && new BigInteger(digits).bitLength() < Long.SIZE;
    }

    private static Reference chunked(Request head, String text) {
        StringBuilder content = new StringBuilder();
        int at = head.end();
        while (true) {
            int end = text.indexOf("\r\n", at);
            if (end < 0) {
                return new CutOff();
            }
            Matcher chunk = CHUNK.matcher(text.substring(at, end));
            if (!chunk.matches()) {
                return new Refused("chunk " + text.substring(at, end));
            }
            long size = Long.parseUnsignedLong(chunk.group(1), 16);
            at = end + 2;
            if (size == 0) {
                return trailers(head, content.toString(), text, at);
            }
            if (size < 0 || size > text.length()) {
                return size < 0 ? new Refused("chunk of " + size) : new CutOff();
            }
            if (text.length() < at + size + 2) {
                return new CutOff();
            }
            content.append(text, at, at + (int) size);
            at += (int) size;
            if (!text.startsWith("\r\n", at)) {
                return new Refused("end of chunk");
            }
            at += 2;
        }
    }

    private static Reference trailers(Request head, String content, String text, int from) {
        int at = from;
        while (true) {
            int end = text.indexOf("\r\n", at);
            if (end < 0) {
                return new CutOff();
            }
            String line = text.substring(at, end);
            at = end + 2;
            if (line.isEmpty()) {
                return with(head, content, at - head.end());
            }
            if (!HEADER.matcher(line).matches()
                    || line.matches("(?i)(content[-_]length|transfer[-_]encoding|host):.*")) {
                return new Refused("trailer " + line);
            }
        }
    }

    private static Request with(Request head, String content, int more) {
        return new Request(
                head.method(), head.target(), head.headers(), content, head.end() + more);
    }
}
