package dev.weir.lab.demo;

import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * What became of writes that were tried over and over.
 *
 * @param tried attempts, in all
 * @param acknowledged the objects whose creation was acknowledged
 * @param refusals why attempts were refused, in the order in which they were
 * @param longest from the first attempt to the acknowledgement, of the object that waited longest
 */
record WriteReport(int tried, List<String> acknowledged, List<Refusal> refusals, Duration longest) {
    WriteReport {
        acknowledged = List.copyOf(acknowledged);
        refusals = List.copyOf(refusals);
    }

    /**
     * One refused attempt.
     *
     * @param clear that it was refused by somebody who says why, or that nobody was there
     */
    record Refusal(boolean clear, String words) {}

    /**
     * {@code all there}, or what is wrong.
     *
     * @param there the objects that can be read afterwards
     */
    String verdict(Set<String> there) {
        TreeSet<String> lost = new TreeSet<>(acknowledged);
        lost.removeAll(there);
        if (!lost.isEmpty()) {
            return lost.size() + " lost of " + acknowledged.size() + ", first: " + lost.first();
        }
        return refusals.stream()
                .filter(refusal -> !refusal.clear())
                .findFirst()
                .map(refusal -> "refused without a reason: " + refusal.words())
                .orElse(acknowledged.isEmpty() ? "none acknowledged" : "all there");
    }

    /** The words of most refusals; empty when there were none. */
    String commonest() {
        return refusals.stream()
                .map(Refusal::words)
                .distinct()
                .max(Comparator.comparingLong(this::count))
                .orElse("");
    }

    private long count(String words) {
        return refusals.stream().filter(refusal -> refusal.words().equals(words)).count();
    }
}
