package dev.weir.service;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.weir.control.NodeRegistry;
import dev.weir.node.v1.ReportRequest;
import jakarta.inject.Singleton;
import org.eclipse.microprofile.reactive.messaging.Incoming;
import org.jboss.logging.Logger;

/**
 * What nodes report, to whichever replica of the control plane: by a topic that all of them read
 * from its end.
 */
@Singleton
final class Reports {
    private static final Logger LOG = Logger.getLogger(Reports.class);

    private final NodeRegistry registry;

    Reports(ServiceConfig config) {
        this.registry = new NodeRegistry(config.nodeSilence());
    }

    NodeRegistry registry() {
        return registry;
    }

    @Incoming("reported")
    void take(byte[] report) {
        try {
            registry.publish(ReportRequest.parseFrom(report));
        } catch (InvalidProtocolBufferException e) {
            LOG.warnf("A report cannot be read, and is left out: %s", e.getMessage());
        }
    }
}
