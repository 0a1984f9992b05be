package dev.weir.service;

import dev.weir.model.Shards;
import java.util.List;
import java.util.Locale;

/** Which service a process is. */
enum Role {
    /** The front door: clients and agents need no other address, so it reads every shard. */
    CONTROL_PLANE(
            Shards.CONTROL, List.of(Shards.CONTROL, Shards.ENDPOINT, Shards.POLICY, Shards.DNS)),
    ENDPOINT_SERVICE(Shards.ENDPOINT, List.of(Shards.CONTROL, Shards.ENDPOINT)),
    POLICY_SERVICE(Shards.POLICY, List.of(Shards.CONTROL, Shards.POLICY)),
    DNS_SERVICE(Shards.DNS, List.of(Shards.CONTROL, Shards.ENDPOINT, Shards.DNS));

    private final String shard;
    private final List<String> follows;

    Role(String shard, List<String> follows) {
        this.shard = shard;
        this.follows = follows;
    }

    /** The shard that this service writes. */
    String shard() {
        return shard;
    }

    /** The shards that it reads, its own among them. */
    List<String> follows() {
        return follows;
    }

    /** As in the configuration. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
