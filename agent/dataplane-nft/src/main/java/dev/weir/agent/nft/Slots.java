package dev.weir.agent.nft;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** The order of a frontend's endpoints in the kernel: numbered from 0 without a hole. */
final class Slots {
    private Slots() {}

    /**
     * An order of the wanted endpoints that changes as few slots as possible: who stays keeps its
     * place, who comes takes the place of who goes, and the last ones fill what holes are left.
     *
     * @param programmed what the slots hold now
     * @param wanted without repetition
     */
    static List<Endpoint> arrange(List<Endpoint> programmed, List<Endpoint> wanted) {
        Set<Endpoint> coming = new LinkedHashSet<>(wanted);
        List<Endpoint> slots = new ArrayList<>(programmed);
        Deque<Integer> holes = new ArrayDeque<>();
        for (int i = 0; i < slots.size(); i++) {
            if (!coming.remove(slots.get(i))) {
                holes.add(i);
            }
        }
        for (Endpoint endpoint : coming) {
            if (holes.isEmpty()) {
                slots.add(endpoint);
            } else {
                slots.set(holes.removeFirst(), endpoint);
            }
        }
        while (!holes.isEmpty()) {
            int last = slots.size() - 1;
            if (holes.getLast() == last) {
                holes.removeLast();
            } else {
                slots.set(holes.removeFirst(), slots.get(last));
            }
            slots.removeLast();
        }
        return List.copyOf(slots);
    }
}
