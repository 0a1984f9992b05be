package dev.weir.policy.compile;

import com.google.protobuf.Message;
import dev.weir.changes.Image;
import dev.weir.changes.Step;
import dev.weir.core.v1.Namespace;
import dev.weir.core.v1.Pod;
import dev.weir.model.Key;
import dev.weir.model.Kinds;
import dev.weir.model.Shards;
import dev.weir.policy.v1.GroupMember;
import dev.weir.policy.v1.NetworkPolicy;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The members of every group that a policy names: who the peers are.
 *
 * <p>Invariant: the records in the policy shard, with the changes of a step applied, are exactly
 * those that its policies and the pods of the control shard call for, if that held before the step;
 * {@link Step#start} makes it hold. The result depends on the steps only: a step may be derived
 * again. What is kept is an index, so that a step costs what it names: a pod its groups, a
 * namespace its pods, a policy the pods in the scope of its new groups.
 *
 * <p>For one caller at a time.
 */
public final class Groups {
    private Image settled = Image.empty(Shards.POLICY);

    /** Of {@code settled}. */
    private GroupsInUse inUse = GroupsInUse.EMPTY;

    /** The last step, which led away from {@code settled}. */
    private Step last = Step.still(settled);

    /**
     * The records to write in the policy shard, an empty value for one to remove.
     *
     * @param control of the pods and namespaces
     * @param policy of the policies and of the members; what this writes comes back here and
     *     derives to nothing
     */
    public SortedMap<Key, Optional<Message>> derive(Step control, Step policy) {
        settle(policy.from());
        last = policy;
        GroupsInUse next = with(policy, policy.to());
        SortedMap<Key, Optional<Message>> changes = new TreeMap<>();
        for (Key member :
                new TreeSet<>(new Touched(inUse, next, control, policy).members().toList())) {
            Optional<GroupMember> has = policy.to().find(GroupMember.class, member);
            Optional<GroupMember> should = member(member, next, control.to());
            if (!should.map(Groups::content).equals(has.map(Groups::content))) {
                changes.put(member, should.map(Message.class::cast));
            }
        }
        return changes;
    }

    /**
     * Brings the index to where the next step starts: one step further, or anew when that is
     * somewhere else.
     */
    private void settle(Image from) {
        if (from == settled) {
            return;
        }
        boolean follows =
                from.revision() == last.delta().revision()
                        && from.logId().equals(last.delta().logId());
        if (!follows) {
            inUse = GroupsInUse.EMPTY;
            last = Step.start(from);
        }
        inUse = with(last, from);
        settled = from;
    }

    private GroupsInUse with(Step step, Image image) {
        GroupsInUse next = inUse;
        for (Key key : step.keys(Kinds.NETWORK_POLICY).toList()) {
            next = next.with(key, image.find(NetworkPolicy.class, key));
        }
        return next;
    }

    /** The record that a key should have, if any. */
    private static Optional<GroupMember> member(Key key, GroupsInUse groups, Image control) {
        Key pod = Members.pod(key);
        String group = Members.group(key);
        return control.find(Pod.class, pod)
                .filter(
                        found ->
                                groups.selector(group)
                                        .filter(
                                                selector ->
                                                        selector.selects(
                                                                pod.namespace(),
                                                                labels(control, pod.namespace()),
                                                                found.getMetadata().getLabelsMap()))
                                        .isPresent())
                .flatMap(found -> Members.record(group, found));
    }

    private static GroupMember content(GroupMember record) {
        return record.toBuilder().clearMetadata().build();
    }

    static Optional<Map<String, String>> labels(Image control, String namespace) {
        return control.find(Namespace.class, Kinds.NAMESPACE.key("", namespace))
                .map(found -> found.getMetadata().getLabelsMap());
    }
}
