package dev.weir.agent.derive;

import dev.weir.model.IpAddress;
import dev.weir.model.Key;
import dev.weir.model.Kind;
import dev.weir.model.Kinds;
import dev.weir.node.v1.WhyParty;
import java.util.List;
import java.util.Optional;

/**
 * One end of a connection that is asked about.
 *
 * @param asked the words
 * @param addresses those it may have, the preferred one first; none for an outside client, and for
 *     Services without
 * @param object who that is, if it is known
 * @param node where it is; empty for what is on no node
 */
record WhyEnd(String asked, List<IpAddress> addresses, Optional<Key> object, String node) {
    WhyEnd {
        addresses = List.copyOf(addresses);
    }

    boolean is(Kind kind) {
        return object.filter(key -> key.kind().equals(kind.name())).isPresent();
    }

    /** The node itself and its pods. */
    boolean isOwn(Here here) {
        return node.equals(here.name()) && (is(Kinds.POD) || is(Kinds.NODE));
    }

    Optional<IpAddress> address(boolean v6) {
        return addresses.stream().filter(address -> address.v6() == v6).findFirst();
    }

    WhyParty toProto(Optional<IpAddress> chosen) {
        WhyParty.Builder party = WhyParty.newBuilder().setAsked(asked).setNode(node);
        chosen.ifPresent(address -> party.setAddress(address.toString()));
        object.ifPresent(key -> party.setObject(key.toProto()));
        return party.build();
    }

    /** In a sentence. */
    @Override
    public String toString() {
        return object.map(Key::toString).orElse(asked);
    }
}
