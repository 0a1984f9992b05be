package dev.weir.standalone;

import dev.weir.control.NodeRegistry;
import dev.weir.control.ReportChannel;
import dev.weir.node.v1.ReportRequest;
import jakarta.inject.Singleton;
import org.eclipse.microprofile.reactive.messaging.Incoming;

/** What nodes report, and the end of the channel it comes by: in memory, as nothing else is set. */
@Singleton
final class Reports {
    private final NodeRegistry registry;

    Reports(StandaloneConfig config) {
        this.registry = new NodeRegistry(config.nodeSilence());
    }

    NodeRegistry registry() {
        return registry;
    }

    @Incoming(ReportChannel.NAME)
    void take(ReportRequest report) {
        registry.publish(report);
    }
}
