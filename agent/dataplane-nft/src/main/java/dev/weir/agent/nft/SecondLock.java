package dev.weir.agent.nft;

import dev.weir.agent.linux.IpBatch;
import dev.weir.agent.linux.Rtnetlink;
import dev.weir.model.Cidr;
import dev.weir.model.IpAddress;
import java.io.IOException;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Policy routing that keeps pods shut when somebody flushes the ruleset: what is forwarded from or
 * to a pod without the packet mark of our prerouting hook is prohibited. What this node sends or
 * receives itself is not concerned.
 */
final class SecondLock {
    /** Tells our rules. Not one of those that iproute2 and routing daemons know. */
    private static final int RULE_PROTOCOL = 157;

    /** Before the main table (32766), after the local one (0). */
    private static final int FIRST = 15_700;

    private static final int LOOK_UP = 1;
    private static final int PROHIBIT = 8;
    private static final int MAIN = 254;

    /** In nftables' and ip's words; see {@link Marks#GUARDED}. */
    private static final String MARK = Marks.hex(Marks.GUARDED);

    private final Set<Rule> rules = new HashSet<>();

    /** One rule of ours, whichever way it came about. */
    record Rule(boolean v6, int priority, String what) {}

    SecondLock(List<Cidr> podCidrs) {
        for (boolean v6 : List.of(false, true)) {
            List<Cidr> pods = podCidrs.stream().filter(cidr -> cidr.v6() == v6).toList();
            if (!pods.isEmpty()) {
                rules.add(new Rule(v6, FIRST, "iif lo lookup main"));
                rules.add(new Rule(v6, FIRST + 1, "fwmark " + MARK + "/" + MARK + " lookup main"));
            }
            for (Cidr cidr : pods) {
                rules.add(new Rule(v6, FIRST + 2, "from " + cidr + " prohibit"));
                rules.add(new Rule(v6, FIRST + 3, "to " + cidr + " prohibit"));
            }
        }
    }

    Set<Rule> rules() {
        return Set.copyOf(rules);
    }

    boolean untouched(Kernel kernel) throws IOException {
        return read(kernel).equals(rules);
    }

    /** Those with our protocol number; one that is none of the four kinds has no words. */
    static Set<Rule> read(Kernel kernel) throws IOException {
        Set<Rule> found = new HashSet<>();
        for (Rtnetlink.Rule rule : kernel.rtnetlink().rules()) {
            if (rule.protocol() == RULE_PROTOCOL) {
                found.add(new Rule(rule.v6(), rule.priority(), words(rule)));
            }
        }
        return found;
    }

    private static String words(Rtnetlink.Rule rule) {
        List<String> words = new ArrayList<>();
        range("from ", rule.from(), rule.fromPrefix(), words);
        range("to ", rule.to(), rule.toPrefix(), words);
        if (!rule.incoming().isEmpty()) {
            words.add("iif " + rule.incoming());
        }
        if (rule.mark() != 0) {
            words.add("fwmark " + Marks.hex(rule.mark()) + "/" + Marks.hex(rule.mask()));
        }
        if (rule.action() == LOOK_UP && rule.table() == MAIN) {
            words.add("lookup main");
        }
        if (rule.action() == PROHIBIT) {
            words.add("prohibit");
        }
        return String.join(" ", words);
    }

    private static void range(
            String word, @Nullable InetAddress address, int prefix, List<String> words) {
        if (address != null) {
            words.add(word + new Cidr(IpAddress.of(address.getAddress()), prefix));
        }
    }

    /** Makes the kernel's rules these. Those that let pass come first and go last. */
    void engage(Kernel kernel) throws IOException {
        Set<Rule> found = read(kernel);
        for (boolean v6 : List.of(false, true)) {
            IpBatch batch = v6 ? IpBatch.ipv6() : new IpBatch();
            rules.stream()
                    .filter(rule -> rule.v6() == v6 && !found.contains(rule))
                    .sorted((a, b) -> Integer.compare(a.priority(), b.priority()))
                    .forEach(rule -> add(batch, "add", rule));
            found.stream()
                    .filter(rule -> rule.v6() == v6 && !rules.contains(rule))
                    .sorted((a, b) -> Integer.compare(b.priority(), a.priority()))
                    .forEach(rule -> add(batch, "del", rule));
            for (IpBatch.Failure failure : kernel.run(batch)) {
                if (!failure.exists() && !failure.gone()) {
                    throw new IOException(
                            "ip " + String.join(" ", failure.words()) + ": " + failure.message());
                }
            }
        }
    }

    private static void add(IpBatch batch, String verb, Rule rule) {
        List<String> words = new ArrayList<>(List.of("rule", verb));
        words.addAll(List.of("pref", Integer.toString(rule.priority())));
        words.addAll(List.of(rule.what().split(" ")));
        words.addAll(List.of("protocol", Integer.toString(RULE_PROTOCOL)));
        batch.add(words.toArray(String[]::new));
    }
}
