package dev.weir.agent.l2;

import dev.weir.agent.l2.wire.Mac;
import dev.weir.agent.linux.Rtnetlink;
import dev.weir.model.IpAddress;
import java.io.IOException;

/**
 * The interface that has the node's own address of a family.
 *
 * @param index as the kernel counts interfaces
 */
record Link(int index, String name, Mac mac, IpAddress address) {

    /** Throws IOException that says what is not there. */
    static Link find(Rtnetlink rtnetlink, IpAddress address) throws IOException {
        for (Rtnetlink.Address found : rtnetlink.addresses()) {
            if (IpAddress.of(found.address().getAddress()).equals(address)) {
                return of(rtnetlink, found.link(), address);
            }
        }
        throw new IOException("no interface has " + address);
    }

    private static Link of(Rtnetlink rtnetlink, int index, IpAddress address) throws IOException {
        for (Rtnetlink.Link link : rtnetlink.links()) {
            if (link.index() == index) {
                Mac mac =
                        Mac.parse(link.mac())
                                .filter(found -> !found.equals(Mac.NONE))
                                .orElseThrow(() -> new IOException(link.name() + " has no MAC"));
                return new Link(index, link.name(), mac, address);
            }
        }
        throw new IOException("interface " + index + " of " + address + " is gone");
    }
}
