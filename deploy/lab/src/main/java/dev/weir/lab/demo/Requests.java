package dev.weir.lab.demo;

import dev.weir.lab.RunningLab;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What many requests brought back.
 *
 * @param answers how often each server answered, by its name
 * @param sources the addresses that the servers saw
 * @param failures why some failed
 */
record Requests(TreeMap<String, Integer> answers, TreeSet<String> sources, List<String> failures) {

    /** Reads the lines of the demo's client: {@code NAME ADDRESS} or {@code failed: WHY}. */
    static Requests read(String lines) {
        Requests read = new Requests(new TreeMap<>(), new TreeSet<>(), new ArrayList<>());
        lines.lines()
                .forEach(
                        line -> {
                            String[] words = line.split(" ");
                            if (line.startsWith("failed") || words.length != 2) {
                                read.failures.add(line);
                            } else {
                                read.answers.merge(words[0], 1, Integer::sum);
                                read.sources.add(words[1]);
                            }
                        });
        return read;
    }

    static Requests ask(
            RunningLab lab, Scripts scripts, String pod, String host, int port, int count) {
        return read(lab.exec(pod, scripts.client(host, port, "--count", count)).out());
    }

    /**
     * Who answered, or why nobody did: {@code web-1 web-2}, {@code web-1, 3 failed}, {@code
     * blocked}.
     */
    String servers() {
        if (answers.isEmpty()) {
            return "blocked";
        }
        String names = String.join(" ", answers.keySet());
        return failures.isEmpty() ? names : names + ", " + failures.size() + " failed";
    }
}
