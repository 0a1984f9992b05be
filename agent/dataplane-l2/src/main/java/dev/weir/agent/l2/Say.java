package dev.weir.agent.l2;

import dev.weir.model.IpAddress;
import java.util.Set;

/** What a node says on the link. */
sealed interface Say {
    /** To everybody: this node lives, and these addresses are here. */
    record Alive(Set<IpAddress> owned) implements Say {
        public Alive {
            owned = Set.copyOf(owned);
        }
    }

    /** To everybody: the address is here now, whatever was before. */
    record Claim(IpAddress address) implements Say {}

    /** To whoever asked: the address is here. */
    record Answer(IpAddress address, Asker to) implements Say {}
}
