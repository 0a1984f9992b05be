package dev.weir.agent.nft;

import dev.weir.agent.linux.Conntrack;
import dev.weir.agent.linux.IpBatch;
import dev.weir.agent.linux.NetworkNamespace;
import dev.weir.agent.linux.NftTables;
import dev.weir.agent.linux.NftText;
import dev.weir.agent.linux.Rtnetlink;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.Callable;

/**
 * The sockets of one network namespace.
 *
 * @param leases a socket of its own for {@link NftDataPlane#lease}, which another thread calls
 */
record Kernel(
        NetworkNamespace namespace,
        NftTables tables,
        NftTables leases,
        NftText text,
        Conntrack conntrack,
        Rtnetlink rtnetlink)
        implements AutoCloseable {

    static Kernel open(NetworkNamespace namespace) throws IOException {
        return within(
                namespace,
                () ->
                        new Kernel(
                                namespace,
                                NftTables.open(),
                                NftTables.open(),
                                NftText.open(),
                                Conntrack.open(),
                                Rtnetlink.open()));
    }

    void enableForwarding() throws IOException {
        within(
                namespace,
                () -> {
                    Forwarding.enable();
                    return true;
                });
    }

    private static <T> T within(NetworkNamespace namespace, Callable<T> work) throws IOException {
        try {
            return namespace.call(work);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted in " + namespace.path(), e);
        }
    }

    List<IpBatch.Failure> run(IpBatch batch) throws IOException {
        try {
            return batch.run(namespace);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while running ip", e);
        }
    }

    @Override
    public void close() {
        tables.close();
        leases.close();
        text.close();
        conntrack.close();
        rtnetlink.close();
    }
}
