package dev.weir.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * As kubectl, {@code weir -n web get pods} means {@code weir get -n web pods}: flags that every
 * command has may come first.
 */
final class LeadingFlags {
    private static final Set<String> WITH_VALUE = Set.of("--server", "--data", "-n", "--namespace");

    private LeadingFlags() {}

    /**
     * The words with those flags moved behind the command.
     *
     * @param groups first words that are followed by a second one, such as {@code lab}
     */
    static String[] behindCommand(String[] words, Set<String> groups) {
        List<String> flags = new ArrayList<>();
        int next = 0;
        while (next < words.length && isGlobal(words[next])) {
            boolean value = words[next].indexOf('=') < 0 && next + 1 < words.length;
            flags.add(words[next++]);
            if (value) {
                flags.add(words[next++]);
            }
        }
        List<String> rest = List.of(words).subList(next, words.length);
        int command =
                Math.min(rest.size(), !rest.isEmpty() && groups.contains(rest.getFirst()) ? 2 : 1);
        List<String> result = new ArrayList<>(rest.subList(0, command));
        result.addAll(flags);
        result.addAll(rest.subList(command, rest.size()));
        return result.toArray(String[]::new);
    }

    private static boolean isGlobal(String word) {
        int equals = word.indexOf('=');
        return WITH_VALUE.contains(equals < 0 ? word : word.substring(0, equals));
    }
}
