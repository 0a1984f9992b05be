package dev.weir.agent.nft;

import java.io.IOException;

/**
 * When the kernel has to be read back: when somebody else changed it, and now and then anyhow.
 * Owned by the plane's thread.
 */
final class Inspection {
    /** An untouched ruleset is still read in full at the last of so many verifications. */
    private static final int FULL = 20;

    private final Kernel kernel;
    private final Leases leases;
    private final SecondLock lock;
    private int since;

    Inspection(Kernel kernel, Leases leases, SecondLock lock) {
        this.kernel = kernel;
        this.leases = leases;
        this.lock = lock;
    }

    /** All has just been read. */
    void done() {
        since = 0;
    }

    /** To be asked once for each verification. */
    boolean isDue() throws IOException {
        since++;
        return since >= FULL || !leases.untouched(kernel.tables()) || !lock.untouched(kernel);
    }
}
