package dev.weir.lab;

import com.google.protobuf.Timestamp;
import dev.weir.client.WeirClient;
import dev.weir.client.WriteOptions;
import dev.weir.core.v1.Condition;
import dev.weir.core.v1.Pod;
import dev.weir.core.v1.PodStatus;
import dev.weir.model.FailureException;
import dev.weir.model.Kinds;
import java.time.Instant;
import java.util.List;

/** Tells the control plane that a pod's command has ended. */
final class PodEnd {
    /** The agent writes the same status; whoever was second tries again. */
    private static final int ATTEMPTS = 20;

    private PodEnd() {}

    /**
     * Succeeded for code 0, else Failed; never Ready again. Nothing happens when the Pod is gone.
     */
    static void tell(WeirClient client, String namespace, String name, int code, Instant now) {
        for (int attempt = 1; ; attempt++) {
            try {
                Pod pod = (Pod) client.get(Kinds.POD, namespace, name);
                long revision = Long.parseLong(pod.getMetadata().getResourceVersion());
                Pod ended = pod.toBuilder().setStatus(ended(pod.getStatus(), code, now)).build();
                client.update(ended, List.of("status"), WriteOptions.expecting(revision));
                return;
            } catch (FailureException e) {
                switch (e.failure().reason()) {
                    case NOT_FOUND -> {
                        return;
                    }
                    case CONFLICT -> {
                        if (attempt == ATTEMPTS) {
                            throw e;
                        }
                    }
                    default -> throw e;
                }
            }
        }
    }

    private static PodStatus ended(PodStatus status, int code, Instant now) {
        Condition ready =
                Condition.newBuilder()
                        .setType("Ready")
                        .setStatus("False")
                        .setReason(code == 0 ? "PodCompleted" : "PodFailed")
                        .setLastTransitionTime(
                                Timestamp.newBuilder().setSeconds(now.getEpochSecond()))
                        .build();
        PodStatus.Builder ended =
                status.toBuilder().setPhase(code == 0 ? "Succeeded" : "Failed").clearConditions();
        status.getConditionsList().stream()
                .filter(condition -> !condition.getType().equals("Ready"))
                .forEach(ended::addConditions);
        return ended.addConditions(ready).setMessage(code == 0 ? "" : "exit code " + code).build();
    }

    /** Why a pod that has ended will not become ready; empty while it may. */
    static String whyNever(Pod pod) {
        return switch (pod.getStatus().getPhase()) {
            case "Failed" -> "its command ended: " + pod.getStatus().getMessage();
            default -> "";
        };
    }
}
