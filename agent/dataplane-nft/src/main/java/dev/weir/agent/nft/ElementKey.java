package dev.weir.agent.nft;

import dev.weir.agent.linux.NftData;
import dev.weir.model.IpAddress;

/** One element of one set or map of the table. */
record ElementKey(String set, NftData data) {

    static ElementKey of(String set, IpAddress address) {
        return new ElementKey(set, NftData.builder().address(address.bytes()).build());
    }

    static ElementKey pair(String set, IpAddress first, IpAddress second) {
        return new ElementKey(
                set, NftData.builder().address(first.bytes()).address(second.bytes()).build());
    }
}
