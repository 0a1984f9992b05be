package dev.weir.agent.nft;

/**
 * What the bits of marks mean. All that Weir keeps in marks is here.
 *
 * <p>Connection mark: Weir owns the whole mark of connections that a pod of this node takes part in
 * or that go to a Service, and of others only the bit {@link #OWN}.
 *
 * <pre>
 *  31 30     29       28      27    26      25      24   23  16 15                     0
 * +-----+--------+------------+---+--------+-----+---------+-----+-----------------------+
 * |  0  | INSIDE | MASQUERADE | 0 | JUDGED | OWN | SERVICE |  0  |  slot, or generation  |
 * +-----+--------+------------+---+--------+-----+---------+-----+-----------------------+
 * </pre>
 *
 * <p>Slot: which endpoint of its Service a connection was given; of no use after that. Where
 * clients come back to their endpoint, its id instead: bit 23, and 23 bits that name it.
 *
 * <p>Generation, if JUDGED: the policy generation in which the connection was judged and found
 * good. Packets of a connection pass without judgement only while it is the current one, so that
 * raising the generation makes every open connection be judged again, by its next packet in either
 * direction. It runs from 1 to {@link #LAST_GENERATION} and then starts over at 1; before it does,
 * JUDGED is cleared from all connections, or a forgotten one could come back into force.
 *
 * <p>Packet mark: while a packet is judged, its mark is overwritten with what its connection gets
 * if it passes. It is read before the policies are, so that a change in between leaves a generation
 * that is already old. Before that, {@link #GUARDED} says that the packet came through our
 * prerouting hook; see {@link SecondLock}. Other bits of packet marks are left alone.
 */
final class Marks {
    /** The connection was sent to an endpoint of a Service. */
    static final int SERVICE = 1 << 24;

    /** This node itself opened the connection: its pods accept it (a pod's own node always may). */
    static final int OWN = 1 << 25;

    /** Of a connection to a Service: the endpoint shall see this node's address. */
    static final int MASQUERADE = 1 << 28;

    /** Of a connection to a Service: it went the way of the node's own clients. */
    static final int INSIDE = 1 << 29;

    /** What stays when a connection is judged. */
    static final int LASTING = SERVICE | MASQUERADE | INSIDE;

    private static final int JUDGED = 1 << 26;

    private static final int ID = 1 << 23;

    /** Of a packet: our ruleset is in force and will see it. */
    static final int GUARDED = 1 << 27;

    static final int FIRST_GENERATION = 1;
    static final int LAST_GENERATION = 0xffff;

    private Marks() {}

    /** The mark of a connection that was judged in this generation, with what lasts. */
    static int judged(int generation, int lasting) {
        return JUDGED | lasting | generation;
    }

    /** 0 for a mark without. */
    static int generation(int mark) {
        return (mark & JUDGED) == 0 ? 0 : mark & LAST_GENERATION;
    }

    /** The mark as if the connection had never been judged. */
    static int unjudged(int mark) {
        return (mark & JUDGED) == 0 ? mark : mark & LASTING;
    }

    /** What names an endpoint in a mark; of the number only the lower bits count. */
    static int id(int number) {
        return ID | number & (ID - 1);
    }

    static int next(int generation) {
        return generation >= LAST_GENERATION ? FIRST_GENERATION : generation + 1;
    }

    /** As nft reads it. */
    static String hex(int mark) {
        return "0x%08x".formatted(mark);
    }
}
