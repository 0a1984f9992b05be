package dev.weir.control;

import dev.weir.node.v1.ReportRequest;

/**
 * Carries what a node says to every replica of the control plane, this one included: each hands it
 * to its {@link NodeRegistry}. The reports of one node stay in order.
 */
public interface NodeReports {
    /**
     * Returns once the report is on its way and cannot get lost. May block.
     *
     * <p>Throws FailureException, reason UNAVAILABLE, when it cannot be handed on.
     */
    void publish(ReportRequest report);
}
