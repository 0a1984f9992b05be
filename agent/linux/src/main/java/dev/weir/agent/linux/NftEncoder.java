package dev.weir.agent.linux;

import dev.weir.agent.linux.NftCommand.AddElement;
import dev.weir.agent.linux.NftCommand.DeleteChain;
import dev.weir.agent.linux.NftCommand.DeleteElement;
import dev.weir.agent.linux.NftCommand.DeleteSet;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Turns a batch into one datagram: batch begin, messages, batch end. Pure.
 *
 * <p>Neighbouring commands of one kind on one set share a message. The list of elements is one
 * attribute with a 16-bit length, so a new message starts at {@link #LIST_BYTES}.
 */
final class NftEncoder {
    /** Below the 65,535 bytes that an attribute can say; leaves room for one more element. */
    static final int LIST_BYTES = 60_000;

    /**
     * @param datagram what to send
     * @param begin sequence of the batch begin: an answer to it concerns the whole batch
     * @param last sequence of the last message, the only one the kernel acknowledges on success
     * @param messages by sequence, to tell which command a refusal means
     */
    record Encoded(ByteBuffer datagram, int begin, int last, Map<Integer, Message> messages) {}

    /** Offsets are from the start of the message, as the kernel reports them; ascending. */
    record Message(List<NftCommand> commands, int[] offsets) {
        /** The command at a reported offset; null if the offset names none of several. */
        @Nullable NftCommand at(int offset) {
            if (commands.size() == 1) {
                return commands.getFirst();
            }
            int found = Arrays.binarySearch(offsets, offset);
            int index = found >= 0 ? found : -found - 2;
            return index < 0 ? null : commands.get(index);
        }
    }

    private final NetlinkWriter out = new NetlinkWriter();
    private final NftBatch batch;
    private final boolean onePerMessage;
    private final IntSupplier sequences;

    private int lastStart;

    private NftEncoder(NftBatch batch, boolean onePerMessage, IntSupplier sequences) {
        this.batch = batch;
        this.onePerMessage = onePerMessage;
        this.sequences = sequences;
    }

    /**
     * @param onePerMessage gives every command a message of its own, so that the kernel names each
     *     refused one at once
     */
    static Encoded encode(NftBatch batch, boolean onePerMessage, IntSupplier sequences) {
        if (batch.commands().isEmpty()) {
            throw new IllegalArgumentException("a batch without commands");
        }
        return new NftEncoder(batch, onePerMessage, sequences).encode();
    }

    private Encoded encode() {
        int begin = sequences.getAsInt();
        int mark = out.beginMessage(NftProtocol.BATCH_BEGIN, NetlinkMessage.REQUEST, begin);
        out.nfgenmsg(0, NftProtocol.SUBSYSTEM);
        batch.ifGeneration().ifPresent(g -> out.attributeBe32(NftProtocol.BATCH_GENERATION, g));
        out.endMessage(mark);

        Map<Integer, Message> messages = new HashMap<>();
        List<NftCommand> commands = batch.commands();
        int last = begin;
        for (int from = 0; from < commands.size(); ) {
            last = sequences.getAsInt();
            Message message = encodeMessage(commands, from, last);
            messages.put(last, message);
            from += message.commands().size();
        }
        out.askAnswer(lastStart);
        mark =
                out.beginMessage(
                        NftProtocol.BATCH_END, NetlinkMessage.REQUEST, sequences.getAsInt());
        out.nfgenmsg(0, NftProtocol.SUBSYSTEM);
        out.endMessage(mark);
        return new Encoded(out.toBuffer(), begin, last, messages);
    }

    private Message encodeMessage(List<NftCommand> commands, int from, int sequence) {
        NftCommand first = commands.get(from);
        return switch (first) {
            case AddElement add ->
                    elements(
                            NftProtocol.NEW_ELEMENT,
                            NetlinkMessage.CREATE,
                            add.set(),
                            run(commands, from),
                            sequence);
            case DeleteElement delete ->
                    elements(
                            NftProtocol.DELETE_ELEMENT,
                            0,
                            delete.set(),
                            run(commands, from),
                            sequence);
            case DeleteChain delete ->
                    object(
                            NftProtocol.DELETE_CHAIN,
                            NftProtocol.CHAIN_NAME,
                            delete.chain(),
                            delete,
                            sequence);
            case DeleteSet delete ->
                    object(
                            NftProtocol.DELETE_SET,
                            NftProtocol.SET_NAME,
                            delete.set(),
                            delete,
                            sequence);
        };
    }

    /** The longest run from {@code from} that may share a message. */
    private List<NftCommand> run(List<NftCommand> commands, int from) {
        NftCommand first = commands.get(from);
        int to = from + 1;
        while (!onePerMessage && to < commands.size() && together(first, commands.get(to))) {
            to++;
        }
        return commands.subList(from, to);
    }

    private static boolean together(NftCommand a, NftCommand b) {
        return switch (a) {
            case AddElement x -> b instanceof AddElement y && x.set().equals(y.set());
            case DeleteElement x -> b instanceof DeleteElement y && x.set().equals(y.set());
            case DeleteChain x -> false;
            case DeleteSet x -> false;
        };
    }

    private Message elements(int type, int flags, String set, List<NftCommand> run, int sequence) {
        int start = begin(type, flags, sequence);
        out.attribute(NftProtocol.LIST_SET, set);
        int[] offsets = new int[run.size()];
        int count = 0;
        int list = out.beginNest(NftProtocol.LIST_ELEMENTS);
        while (count < run.size() && out.position() - list < LIST_BYTES) {
            offsets[count] = out.position() - start;
            element(run.get(count++));
        }
        out.endNest(list);
        out.endMessage(start);
        return new Message(run.subList(0, count), Arrays.copyOf(offsets, count));
    }

    /** A list of one element that has only a key. */
    static void key(NetlinkWriter out, NftData key) {
        int list = out.beginNest(NftProtocol.LIST_ELEMENTS);
        int item = out.beginNest(NftProtocol.LIST_ITEM);
        int nest = out.beginNest(NftProtocol.ELEMENT_KEY);
        out.attribute(NftProtocol.DATA_VALUE, key.shared());
        out.endNest(nest);
        out.endNest(item);
        out.endNest(list);
    }

    private void element(NftCommand command) {
        int item = out.beginNest(NftProtocol.LIST_ITEM);
        switch (command) {
            case AddElement add -> {
                key(add.element());
                value(add.element());
            }
            case DeleteElement delete -> key(delete.element());
            case DeleteChain chain -> throw new IllegalStateException("no element: " + chain);
            case DeleteSet set -> throw new IllegalStateException("no element: " + set);
        }
        out.endNest(item);
    }

    private void key(NftElement element) {
        if (element.intervalEnd()) {
            out.attributeBe32(NftProtocol.ELEMENT_FLAGS, NftProtocol.FLAG_INTERVAL_END);
        }
        int key = out.beginNest(NftProtocol.ELEMENT_KEY);
        out.attribute(NftProtocol.DATA_VALUE, element.key().shared());
        out.endNest(key);
    }

    private void value(NftElement element) {
        switch (element.value()) {
            case NftValue.None none -> {}
            case NftValue.Data data -> {
                int nest = out.beginNest(NftProtocol.ELEMENT_DATA);
                out.attribute(NftProtocol.DATA_VALUE, data.data().shared());
                out.endNest(nest);
            }
            case NftValue.Verdict verdict -> {
                int nest = out.beginNest(NftProtocol.ELEMENT_DATA);
                int inner = out.beginNest(NftProtocol.DATA_VERDICT);
                out.attributeBe32(NftProtocol.VERDICT_CODE, verdict.kind().code());
                out.attribute(NftProtocol.VERDICT_CHAIN, verdict.chain());
                out.endNest(inner);
                out.endNest(nest);
            }
        }
        if (element.timeoutMillis() > 0) {
            out.attributeBe64(NftProtocol.ELEMENT_TIMEOUT, element.timeoutMillis());
        }
    }

    private Message object(
            int type, int nameAttribute, String name, NftCommand command, int sequence) {
        int start = begin(type, 0, sequence);
        out.attribute(nameAttribute, name);
        out.endMessage(start);
        return new Message(List.of(command), new int[0]);
    }

    private int begin(int type, int flags, int sequence) {
        int start = out.beginMessage(type, NetlinkMessage.REQUEST | flags, sequence);
        lastStart = start;
        out.nfgenmsg(NftProtocol.FAMILY_INET, 0);
        out.attribute(NftProtocol.TABLE, batch.table());
        return start;
    }
}
