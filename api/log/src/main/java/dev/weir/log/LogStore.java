package dev.weir.log;

/** The logs of all shards of a cluster, with one log id. */
public interface LogStore extends AutoCloseable {
    String logId();

    /**
     * The log of one shard, made if it is not there. The caller closes it.
     *
     * @param shard lower-case letters, digits and dashes
     * @throws LogException with what to do
     */
    TxLog shard(String shard);

    @Override
    void close();
}
