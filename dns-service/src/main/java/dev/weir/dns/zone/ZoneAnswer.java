package dev.weir.dns.zone;

import dev.weir.dns.wire.Question;
import dev.weir.dns.wire.Reply;
import dev.weir.dns.wire.RrSet;
import java.util.List;

/** What a zone makes of a question. */
public sealed interface ZoneAnswer {

    /** The zone's own, final answer. */
    record Final(Reply reply) implements ZoneAnswer {}

    /**
     * The rest of the answer is not in the zone.
     *
     * @param question what to ask others
     * @param aliases what the zone has to say first; empty if it knows nothing of the name
     */
    record Elsewhere(Question question, List<RrSet> aliases) implements ZoneAnswer {
        public Elsewhere {
            aliases = List.copyOf(aliases);
        }
    }
}
