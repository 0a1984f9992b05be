package dev.weir.agent.nft;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.weir.agent.linux.IpBatch;
import dev.weir.agent.linux.NetworkNamespace;
import dev.weir.agent.linux.NftText;
import dev.weir.agent.spi.DataPlane;
import dev.weir.agent.spi.DataPlaneContract;
import dev.weir.agent.spi.NodeSettings;
import dev.weir.model.Cidr;
import dev.weir.model.IpAddress;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;

/** The contract of all planes, on a node of its own. */
class NftContractTest extends DataPlaneContract {
    private static final AtomicInteger COUNT = new AtomicInteger();
    private static final NodeSettings SETTINGS =
            new NodeSettings(
                    "node",
                    List.of(IpAddress.of("172.30.0.10"), IpAddress.of("fd00:172:30::10")),
                    List.of(Cidr.of("10.244.0.0/16"), Cidr.of("fd00:10:244::/48")),
                    List.of(Cidr.of("10.96.0.0/16"), Cidr.of("fd00:10:96::/64")));

    private final String name =
            "wt-nftc-" + ProcessHandle.current().pid() + "-" + COUNT.incrementAndGet();
    private boolean created;

    @Override
    protected DataPlane open() {
        try {
            if (!created) {
                create();
            }
            return NftDataPlaneProvider.open(SETTINGS, NetworkNamespace.named(name));
        } catch (IOException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @BeforeAll
    static void needsRoot() {
        assumeTrue(
                "root".equals(System.getProperty("user.name")),
                "needs root for network namespaces");
    }

    private void create() throws IOException, InterruptedException {
        new IpBatch().add("netns", "add", name).run();
        created = true;
        new IpBatch().add("link", "set", "lo", "up").run(NetworkNamespace.named(name));
    }

    @Override
    protected void tamper() {
        try (NftText text = NetworkNamespace.named(name).call(NftText::open)) {
            text.run("flush map inet weir svc4; flush map inet weir svc6");
        } catch (IOException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @AfterEach
    void delete() throws IOException, InterruptedException {
        if (created) {
            new IpBatch().add("netns", "del", name).run();
        }
    }
}
