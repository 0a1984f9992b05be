package dev.weir.agent.nft;

import dev.weir.agent.linux.NftNames;
import java.util.List;

/**
 * A chain of our table and all its rules.
 *
 * @param hook where packets enter, in nft's words; empty for a chain that others jump to
 */
record Chain(String name, String hook, List<String> rules) {
    Chain {
        NftNames.check(name);
        rules = List.copyOf(rules);
    }

    static Chain of(String name, String... rules) {
        return new Chain(name, "", List.of(rules));
    }

    static Chain hooked(String name, String hook, String... rules) {
        return new Chain(name, hook, List.of(rules));
    }

    /** Creates the chain if need be. To be written for all chains before any {@link #fill}. */
    String declare() {
        String type = hook.isEmpty() ? "" : " { type " + hook + "; policy accept; }";
        return "add chain inet " + Layout.TABLE + " " + name + type + "\n";
    }

    /** Takes its rules away; atomic with the rest of the text. */
    String empty() {
        return "flush chain inet " + Layout.TABLE + " " + name + "\n";
    }

    /** Makes these its rules, whatever it had; atomic with the rest of the text. */
    String fill() {
        StringBuilder text = new StringBuilder(empty());
        for (String rule : rules) {
            text.append("add rule inet ").append(Layout.TABLE).append(' ').append(name);
            text.append(' ').append(rule).append('\n');
        }
        return text.toString();
    }
}
