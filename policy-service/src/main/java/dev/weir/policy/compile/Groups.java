package dev.weir.policy.compile;

import com.google.protobuf.Message;
import dev.weir.changes.Cursor;
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
    private final Cursor cursor = new Cursor(Shards.POLICY);

    /** Of the image where the last step started. */
    private GroupsInUse inUse = GroupsInUse.EMPTY;

    /**
     * The records to write in the policy shard, an empty value for one to remove.
     *
     * @param control of the pods and namespaces
     * @param policy of the policies and of the members; what this writes comes back here and
     *     derives to nothing
     */
    public SortedMap<Key, Optional<Message>> derive(Step control, Step policy) {
        Cursor.Settling settling = cursor.advance(policy);
        inUse = with(settling.anew() ? GroupsInUse.EMPTY : inUse, settling.keys(), policy.from());
        GroupsInUse next = with(inUse, policy, policy.to());
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

    private static GroupsInUse with(GroupsInUse groups, Step keys, Image image) {
        for (Key key : keys.keys(Kinds.NETWORK_POLICY).toList()) {
            groups = groups.with(key, image.find(NetworkPolicy.class, key));
        }
        return groups;
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
