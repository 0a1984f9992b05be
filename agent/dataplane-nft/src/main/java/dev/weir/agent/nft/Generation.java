package dev.weir.agent.nft;

import dev.weir.agent.linux.NftCommand;
import dev.weir.agent.linux.NftData;
import dev.weir.agent.linux.NftElement;
import dev.weir.agent.linux.NftValue;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The elements that hold the policy generation; see {@link Marks}. Pure. */
final class Generation {
    private Generation() {}

    /** What the marks of different kinds of connections keep when they are judged. */
    static final List<Integer> LASTING =
            List.of(
                    0,
                    Marks.SERVICE,
                    Marks.SERVICE | Marks.MASQUERADE,
                    Marks.SERVICE | Marks.INSIDE,
                    Marks.SERVICE | Marks.MASQUERADE | Marks.INSIDE);

    /** Connection marks that pass without judgement. */
    static Map<NftData, NftValue> marks(int generation) {
        Map<NftData, NftValue> marks = new HashMap<>();
        LASTING.forEach(bits -> marks.put(mark(Marks.judged(generation, bits)), NftValue.NONE));
        return marks;
    }

    /** From the bits of a mark that stay to the mark that a passing connection gets. */
    static Map<NftData, NftValue> stamps(int generation) {
        Map<NftData, NftValue> stamps = new HashMap<>();
        LASTING.forEach(
                bits ->
                        stamps.put(
                                mark(bits), NftValue.data(mark(Marks.judged(generation, bits)))));
        return stamps;
    }

    /** Moves on from one generation to the other. */
    static List<NftCommand> change(int from, int to) {
        List<NftCommand> commands = new ArrayList<>();
        marks(from).keySet().forEach(mark -> commands.add(delete(Layout.CURRENT, mark)));
        stamps(to).keySet().forEach(bits -> commands.add(delete(Layout.STAMP, bits)));
        marks(to).forEach((mark, value) -> commands.add(add(Layout.CURRENT, mark, value)));
        stamps(to).forEach((bits, value) -> commands.add(add(Layout.STAMP, bits, value)));
        return commands;
    }

    static NftCommand delete(String set, int mark) {
        return delete(set, mark(mark));
    }

    private static NftCommand delete(String set, NftData key) {
        return new NftCommand.DeleteElement(set, NftElement.of(key));
    }

    private static NftCommand add(String set, NftData key, NftValue value) {
        return new NftCommand.AddElement(set, NftElement.of(key, value));
    }

    private static NftData mark(int mark) {
        return NftData.builder().hostOrder(mark).build();
    }
}
