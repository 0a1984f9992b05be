package dev.weir.control;

import static dev.weir.control.Cluster.joining;

import dev.weir.changes.Frontier;
import dev.weir.core.v1.Pod;
import dev.weir.log.Shard;
import dev.weir.model.Kinds;
import dev.weir.node.v1.JoinRequest;
import dev.weir.node.v1.ReportRequest;

/** A proxy on node n1, played by the test. */
record TestProxy(Cluster cluster) {
    static final String NAME = "weir-system/ingress-a";

    static JoinRequest joiningAs(String name) {
        return joining("n1", "i1", "203.0.113.9").toBuilder().setProxy(name).build();
    }

    /** Its pod and its node, and it joins. It has nothing yet. */
    void start() {
        cluster.join("n1");
        pod("Running");
        var unused = cluster.agents().join(joiningAs(NAME));
    }

    void pod(String phase) {
        pod("weir-system", phase);
    }

    void pod(String namespace, String phase) {
        Pod.Builder pod = Pod.newBuilder();
        pod.getMetadataBuilder()
                .setNamespace(namespace)
                .setName("ingress-a")
                .putLabels("weir.dev/plane", "l7");
        pod.getSpecBuilder().setNodeName("n1");
        pod.getStatusBuilder().setPhase(phase);
        var unused =
                Cluster.put(cluster.control, Kinds.POD.key(namespace, "ingress-a"), pod.build());
    }

    /** That it carries all that is in these now. */
    void carries(Shard... shards) {
        Frontier programmed = Frontier.EMPTY;
        for (Shard shard : shards) {
            programmed = programmed.with("log-1", shard.shard(), shard.image().revision());
        }
        report(NAME, programmed);
    }

    void report(String name, Frontier programmed) {
        var unused =
                cluster.agents()
                        .report(
                                ReportRequest.newBuilder()
                                        .setNodeName("n1")
                                        .setProxy(name)
                                        .setInstance("i1")
                                        .setProgrammed(programmed.toProto())
                                        .build());
    }
}
