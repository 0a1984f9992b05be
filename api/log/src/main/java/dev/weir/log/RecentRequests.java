package dev.weir.log;

import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Which requests the last {@link TxLog#REQUEST_WINDOW} revisions carried out. Owned by the writer's
 * thread.
 */
final class RecentRequests {
    private record Request(long revision, String id) {}

    private final ArrayDeque<Request> order = new ArrayDeque<>();
    private final Map<String, Long> revisions = new HashMap<>();

    Optional<Long> find(String id) {
        return id.isEmpty() ? Optional.empty() : Optional.ofNullable(revisions.get(id));
    }

    /** Revisions come in ascending order. */
    void add(long revision, String id) {
        if (!id.isEmpty()) {
            order.add(new Request(revision, id));
            revisions.put(id, revision);
        }
        while (!order.isEmpty() && order.element().revision() <= revision - TxLog.REQUEST_WINDOW) {
            Request oldest = order.remove();
            revisions.remove(oldest.id(), oldest.revision());
        }
    }
}
