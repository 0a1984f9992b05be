package dev.weir.agent.nft;

/**
 * What the bits of marks mean. All that Weir keeps in marks is here.
 *
 * <p>Connection mark: Weir owns the whole mark of connections that a pod of this node takes part
 * in, and of connections of others only the bits {@link #SERVICE} and {@link #OWN}.
 *
 * <pre>
 *  31      24 23                 8 7      2  1    0
 * +----------+--------------------+--------+----+--------+
 * |    0     |     generation     |   0    |OWN | SERVICE|
 * +----------+--------------------+--------+----+--------+
 * </pre>
 *
 * <p>Generation: the policy generation in which the connection was judged and found good; 0 is
 * "never". Packets of a connection pass without judgement only while it is the current one, so that
 * raising the generation makes every open connection be judged again, by its next packet in either
 * direction. It runs from 1 to {@link #LAST_GENERATION} and then starts over at 1; before it does,
 * the generation is cleared from all connections, or a forgotten one could come back into force.
 *
 * <p>Packet mark: while a packet is judged, its mark is overwritten with what its connection gets
 * if it passes. It is read before the policies are, so that a change in between leaves a generation
 * that is already old. Nothing else of Weir depends on packet marks.
 */
final class Marks {
    /** The connection was sent to an endpoint of a Service. */
    static final int SERVICE = 0x1;

    /** This node itself opened the connection: its pods accept it (a pod's own node always may). */
    static final int OWN = 0x2;

    static final int FIRST_GENERATION = 1;
    static final int LAST_GENERATION = 0xffff;
    private static final int GENERATION_SHIFT = 8;

    private Marks() {}

    /** The mark of a connection that was judged in this generation. */
    static int judged(int generation, int kept) {
        return generation << GENERATION_SHIFT | kept;
    }

    static int generation(int mark) {
        return mark >>> GENERATION_SHIFT & LAST_GENERATION;
    }

    /** The mark without its generation. */
    static int unjudged(int mark) {
        return mark & ~(LAST_GENERATION << GENERATION_SHIFT);
    }

    static int next(int generation) {
        return generation >= LAST_GENERATION ? FIRST_GENERATION : generation + 1;
    }

    /** As nft reads it. */
    static String hex(int mark) {
        return "0x%08x".formatted(mark);
    }
}
