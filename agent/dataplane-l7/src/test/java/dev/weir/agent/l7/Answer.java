package dev.weir.agent.l7;

import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * What a client got, whatever it asked with.
 *
 * @param headers by name in lower case
 */
record Answer(int status, Map<String, List<String>> headers, String body) {
    static Answer of(HttpResponse<String> response) {
        return new Answer(response.statusCode(), response.headers().map(), response.body());
    }

    /** A response of a connection that ended with it. */
    static Answer parse(byte[] bytes) {
        String text = new String(bytes, StandardCharsets.ISO_8859_1);
        int end = text.indexOf("\r\n\r\n");
        if (end < 0) {
            throw new AssertionError("no response: \"" + text + "\"");
        }
        String[] lines = text.substring(0, end).split("\r\n");
        Map<String, List<String>> headers = new TreeMap<>();
        for (int i = 1; i < lines.length; i++) {
            String[] parts = lines[i].split(":", 2);
            headers.computeIfAbsent(lower(parts[0]), name -> new ArrayList<>())
                    .add(parts[1].strip());
        }
        return new Answer(
                Integer.parseInt(lines[0].split(" ")[1]), headers, text.substring(end + 4));
    }

    static String lower(String name) {
        return name.toLowerCase(Locale.ROOT);
    }

    /** What the backend saw; only of an answer of a backend. */
    Seen seen() {
        if (status != 200) {
            throw new AssertionError("no backend answered: " + this);
        }
        return Seen.parse(body);
    }

    /** The backend that answered, or the status if none did. */
    String by() {
        return status == 200 ? seen().by() : "" + status;
    }

    /** All values of a header, as one; empty without any. */
    String header(String name) {
        return String.join(", ", headers.getOrDefault(name, List.of()));
    }
}
