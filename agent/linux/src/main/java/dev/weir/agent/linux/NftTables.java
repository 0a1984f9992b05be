package dev.weir.agent.linux;

import dev.weir.agent.linux.NftCommand.AddElement;
import dev.weir.agent.linux.NftCommand.DeleteChain;
import dev.weir.agent.linux.NftCommand.DeleteElement;
import dev.weir.agent.linux.NftCommand.DeleteSet;
import dev.weir.agent.linux.NftOutcome.Refusal;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Reads and changes nftables objects of family inet by netlink, in the network namespace of its
 * transport. One owner at a time.
 */
public final class NftTables implements AutoCloseable {
    /** Rounds that {@link #settle} takes: packed, one by one, without what was already so. */
    private static final int SETTLE_ROUNDS = 4;

    /** Reads of one set until one is complete; growing 100,000 elements takes some 100 ms. */
    private static final int DUMP_ATTEMPTS = 40;

    private static final Duration DUMP_PAUSE = Duration.ofMillis(25);

    private final NetlinkTransport transport;

    public NftTables(NetlinkTransport transport) {
        this.transport = transport;
    }

    /** Opens the current thread's network namespace. */
    public static NftTables open() throws IOException {
        return new NftTables(NetlinkSocket.open(NetlinkSocket.Family.NETFILTER));
    }

    /** Applies the batch exactly as it is. */
    public NftOutcome apply(NftBatch batch) throws IOException {
        return apply(batch, false);
    }

    /**
     * Makes the batch true whatever was there: deleting what is gone succeeds, and an element that
     * exists with another value is replaced. Atomic like {@link #apply}.
     */
    public NftOutcome settle(NftBatch batch) throws IOException {
        NftBatch current = batch;
        NftOutcome outcome = new NftOutcome.Done();
        for (int round = 0; round < SETTLE_ROUNDS && !current.commands().isEmpty(); round++) {
            outcome = apply(current, round > 0);
            if (!(outcome instanceof NftOutcome.Failed failed)) {
                return outcome;
            }
            List<NftCommand> next = correct(current.commands(), failed.refusals());
            if (next.equals(current.commands()) && round > 0) {
                return outcome;
            }
            current = current.with(next);
        }
        return current.commands().isEmpty() ? new NftOutcome.Done() : outcome;
    }

    private static List<NftCommand> correct(List<NftCommand> commands, List<Refusal> refusals) {
        Map<NftCommand, Errno> refused = new IdentityHashMap<>();
        refusals.forEach(
                r -> {
                    if (r.command() != null) {
                        refused.put(r.command(), r.errno());
                    }
                });
        List<NftCommand> next = new ArrayList<>(commands.size());
        for (NftCommand command : commands) {
            Errno errno = refused.get(command);
            boolean gone = Errno.ENOENT.equals(errno);
            switch (command) {
                case AddElement add -> {
                    if (Errno.EEXIST.equals(errno)) {
                        next.add(new DeleteElement(add.set(), NftElement.of(add.element().key())));
                    }
                    next.add(add);
                }
                case DeleteElement delete when gone -> {}
                case DeleteChain delete when gone -> {}
                case DeleteSet delete when gone -> {}
                case DeleteElement delete -> next.add(delete);
                case DeleteChain delete -> next.add(delete);
                case DeleteSet delete -> next.add(delete);
            }
        }
        return next;
    }

    private NftOutcome apply(NftBatch batch, boolean onePerMessage) throws IOException {
        NftEncoder.Encoded encoded =
                NftEncoder.encode(batch, onePerMessage, transport::nextSequence);
        transport.send(encoded.datagram());
        List<Refusal> refusals = new ArrayList<>();
        while (true) {
            for (NetlinkMessage message : NetlinkMessage.parse(transport.receive())) {
                if (message.type() != NetlinkMessage.ERROR) {
                    continue;
                }
                NetlinkMessage.Answer answer = message.answer();
                if (message.sequence() == encoded.begin() && !answer.ok()) {
                    return wholeBatch(answer);
                }
                NftEncoder.Message sent = encoded.messages().get(message.sequence());
                if (sent == null) {
                    continue;
                }
                if (!answer.ok()) {
                    Errno errno = new Errno(answer.errno());
                    refusals.add(new Refusal(errno, sent.at(answer.offset()), answer.text()));
                }
                if (message.sequence() == encoded.last()) {
                    return refusals.isEmpty()
                            ? new NftOutcome.Done()
                            : new NftOutcome.Failed(refusals);
                }
            }
        }
    }

    private static NftOutcome wholeBatch(NetlinkMessage.Answer answer) {
        Errno errno = new Errno(answer.errno());
        return errno.equals(Errno.ERESTART)
                ? new NftOutcome.Stale()
                : new NftOutcome.Failed(List.of(new Refusal(errno, null, answer.text())));
    }

    /**
     * All elements of a set or map, read consistently.
     *
     * <p>A hash set grows in the background after a large batch, and a dump meanwhile repeats some
     * elements and skips as many; the kernel does not flag that. A dump without repetitions is
     * complete: every pass over the table meets each element at least once.
     *
     * @throws KernelException ENOENT if there is no such table or set
     */
    public List<NftElement> elements(String table, String set) throws IOException {
        for (int attempt = 0; attempt < DUMP_ATTEMPTS; attempt++) {
            List<NftElement> elements = dump(table, set);
            if (new HashSet<>(elements).size() == elements.size()) {
                return elements;
            }
            LockSupport.parkNanos(DUMP_PAUSE.toNanos());
        }
        throw new IOException("set " + set + " kept growing while it was read");
    }

    /** One element by its key, whatever else is in the set; empty if it or the set is not there. */
    public Optional<NftElement> element(String table, String set, NftData key) throws IOException {
        List<NftElement> found = new ArrayList<>();
        get(table, set, key, message -> NftDecoder.elements(message, found::add));
        return found.stream().findFirst();
    }

    /** How many packets met the element; 0 if it is not there, or does not count. */
    public long packets(String table, String set, NftData key) throws IOException {
        NftCounter[] found = {NftCounter.NONE};
        get(table, set, key, message -> NftDecoder.counters(message, (k, n) -> found[0] = n));
        return found[0].packets();
    }

    /** What each element that counts has counted. Cost grows with the set. */
    public Map<NftData, NftCounter> counters(String table, String set) throws IOException {
        Map<NftData, NftCounter> counters = new HashMap<>();
        dump(table, set, (message, into) -> NftDecoder.counters(message, counters::put));
        return counters;
    }

    private void get(String table, String set, NftData key, Netlink.MessageSink sink)
            throws IOException {
        try {
            Netlink.ask(
                    transport,
                    "read an element of " + set,
                    sequence -> {
                        NetlinkWriter out = new NetlinkWriter();
                        int flags = NetlinkMessage.REQUEST | NetlinkMessage.ACK;
                        int start = out.beginMessage(NftProtocol.GET_ELEMENT, flags, sequence);
                        out.nfgenmsg(NftProtocol.FAMILY_INET, 0)
                                .attribute(NftProtocol.TABLE, table)
                                .attribute(NftProtocol.LIST_SET, set);
                        NftEncoder.key(out, key);
                        out.endMessage(start);
                        return out;
                    },
                    sink);
        } catch (KernelException e) {
            if (!e.errno().equals(Errno.ENOENT)) {
                throw e;
            }
        }
    }

    private List<NftElement> dump(String table, String set) throws IOException {
        return dump(table, set, (message, into) -> NftDecoder.elements(message, into::add));
    }

    private List<NftElement> dump(String table, String set, Netlink.DumpDecoder<NftElement> decoder)
            throws IOException {
        return Netlink.dump(
                transport,
                "read elements of " + set,
                sequence -> {
                    NetlinkWriter out = new NetlinkWriter();
                    int flags = NetlinkMessage.REQUEST | NetlinkMessage.DUMP;
                    int start = out.beginMessage(NftProtocol.GET_ELEMENT, flags, sequence);
                    out.nfgenmsg(NftProtocol.FAMILY_INET, 0)
                            .attribute(NftProtocol.TABLE, table)
                            .attribute(NftProtocol.LIST_SET, set);
                    out.endMessage(start);
                    return out;
                },
                decoder);
    }

    /** The generation of the namespace's whole ruleset; every commit of anybody changes it. */
    public int generation() throws IOException {
        int[] found = new int[1];
        Netlink.ask(
                transport,
                "read generation",
                sequence -> {
                    NetlinkWriter out = new NetlinkWriter();
                    int flags = NetlinkMessage.REQUEST | NetlinkMessage.ACK;
                    int start = out.beginMessage(NftProtocol.GET_GENERATION, flags, sequence);
                    out.nfgenmsg(0, 0);
                    out.endMessage(start);
                    return out;
                },
                message -> {
                    for (Attribute attribute : NftDecoder.attributes(message)) {
                        if (attribute.type() == NftProtocol.GENERATION_ID) {
                            found[0] = attribute.be32();
                        }
                    }
                });
        return found[0];
    }

    /** Names of the inet tables. */
    public Set<String> tables() throws IOException {
        return names(NftProtocol.GET_TABLE, NftProtocol.TABLE_NAME, null);
    }

    /** Names of the table's chains; empty if there is no such table. */
    public Set<String> chains(String table) throws IOException {
        return names(NftProtocol.GET_CHAIN, NftProtocol.CHAIN_NAME, table);
    }

    /** The table's chains, and how many rules each has. */
    public Map<String, Integer> ruleCounts(String table) throws IOException {
        Map<String, Integer> counts = new HashMap<>();
        chains(table).forEach(chain -> counts.put(chain, 0));
        namesOf(NftProtocol.GET_RULE, NftProtocol.RULE_CHAIN, table)
                .forEach(chain -> counts.merge(chain, 1, Integer::sum));
        return counts;
    }

    /** Names of the table's sets and maps, anonymous ones included; empty if there is no table. */
    public Set<String> sets(String table) throws IOException {
        return names(NftProtocol.GET_SET, NftProtocol.SET_NAME, table);
    }

    private Set<String> names(int type, int nameAttribute, @Nullable String table)
            throws IOException {
        return new HashSet<>(namesOf(type, nameAttribute, table));
    }

    private List<String> namesOf(int type, int nameAttribute, @Nullable String table)
            throws IOException {
        return Netlink.<String>dump(
                transport,
                "list names",
                sequence -> {
                    NetlinkWriter out = new NetlinkWriter();
                    int flags = NetlinkMessage.REQUEST | NetlinkMessage.DUMP;
                    int start = out.beginMessage(type, flags, sequence);
                    out.nfgenmsg(NftProtocol.FAMILY_INET, 0);
                    out.endMessage(start);
                    return out;
                },
                (message, into) -> {
                    List<Attribute> attributes = NftDecoder.attributes(message);
                    Attribute in = Attribute.find(attributes, NftProtocol.TABLE);
                    Attribute name = Attribute.find(attributes, nameAttribute);
                    boolean wanted = table == null || (in != null && in.string().equals(table));
                    if (wanted && name != null) {
                        into.add(name.string());
                    }
                });
    }

    @Override
    public void close() {
        transport.close();
    }
}
