package dev.weir.agent.l7;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A request as a backend saw it, which is what {@link EchoServer} answers.
 *
 * @param by the name of the backend
 * @param headers by name in lower case, in the order that they came
 */
record Seen(String by, String method, String target, Map<String, List<String>> headers) {
    /** What came, as text: the backend, the request line, the headers. */
    static String text(String by, String head) {
        return by + "\n" + head.strip().replace("\r\n", "\n") + "\n";
    }

    static Seen parse(String text) {
        String[] lines = text.split("\n");
        String[] request = lines[1].split(" ");
        Map<String, List<String>> headers = new TreeMap<>();
        for (int i = 2; i < lines.length; i++) {
            String[] parts = lines[i].split(":", 2);
            headers.computeIfAbsent(Answer.lower(parts[0]), name -> new ArrayList<>())
                    .add(parts[1].strip());
        }
        return new Seen(lines[0], request[0], request[1], headers);
    }

    /** All values of a header, as one; empty without any. */
    String header(String name) {
        return String.join(", ", headers.getOrDefault(name, List.of()));
    }
}
