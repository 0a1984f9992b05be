package dev.weir.agent.derive;

import dev.weir.model.Backends;
import dev.weir.model.Frontend;
import dev.weir.model.Handling;
import dev.weir.model.Key;
import dev.weir.model.Kinds;
import dev.weir.net.v1.Service;

/** What the holder of a claim serves there, for some clients. */
record Offer(Frontend frontend, Claim claim, Selection selection, Handling handling) {

    Backends backends(Here here) {
        return new Backends(
                key(claim.service()),
                selection.backends(here),
                handling.silently(selection.withheld()));
    }

    static Key key(Service service) {
        return Kinds.SERVICE.key(
                service.getMetadata().getNamespace(), service.getMetadata().getName());
    }
}
