package dev.weir.routing.compile;

import java.util.List;

/** Sentences for people. */
public final class Words {
    /** How many of a kind a message has; the rest are counted. */
    private static final int SHOWN = 5;

    private Words() {}

    /** Each once, one after the other. */
    public static String joined(List<String> sentences) {
        List<String> different = sentences.stream().distinct().toList();
        String shown = String.join(" ", different.subList(0, Math.min(SHOWN, different.size())));
        return different.size() <= SHOWN
                ? shown
                : shown + " And " + (different.size() - SHOWN) + " more.";
    }
}
