package dev.weir.endpoint.balance;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Message;
import dev.weir.changes.Change;
import dev.weir.changes.Delta;
import dev.weir.changes.Frontier;
import dev.weir.changes.Image;
import dev.weir.changes.Step;
import dev.weir.core.v1.Condition;
import dev.weir.core.v1.Node;
import dev.weir.core.v1.NodeAddress;
import dev.weir.endpoint.ServiceText;
import dev.weir.model.Key;
import dev.weir.model.Kinds;
import dev.weir.net.v1.AddressPool;
import dev.weir.net.v1.AddressPoolSpec;
import dev.weir.net.v1.LoadBalancerIngress;
import dev.weir.net.v1.Service;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** An endpoint shard, and the balancer that follows it. Each change is a step, and settles. */
final class Scene {
    private static final Instant NOW = Instant.ofEpochSecond(1_000);

    private final Balancer balancer = new Balancer();
    private Image image = Image.empty("endpoint");
    private Image control = Image.empty("control");
    private Tenants tenants = Tenants.NONE;
    private int made;

    /** One of no family policy is of IPv4 alone. */
    static Service read(String name, String annotations, String spec) {
        Service.Builder service = ServiceText.read("shop", name, annotations, spec).toBuilder();
        if (service.getSpec().getIpFamiliesCount() == 0) {
            service.getSpecBuilder().addIpFamilies("IPv4");
        }
        return service.build();
    }

    /** The later it comes, the younger it is; one that is there keeps its age and status. */
    Scene service(String name, String annotations, String spec) {
        Service wanted = read(name, annotations, spec);
        Service.Builder service = wanted.toBuilder();
        find(name)
                .ifPresentOrElse(
                        old -> {
                            service.setStatus(old.getStatus());
                            service.getMetadataBuilder()
                                    .setCreationTimestamp(old.getMetadata().getCreationTimestamp());
                        },
                        () ->
                                service.getMetadataBuilder()
                                        .getCreationTimestampBuilder()
                                        .setSeconds(++made));
        return put(service.build());
    }

    Scene balanced(String name) {
        return service(name, "{}", "{type: LoadBalancer, ports: [{port: 80, protocol: TCP}]}");
    }

    Scene pool(String name, boolean automatic, String... addresses) {
        return put(
                AddressPool.newBuilder()
                        .setMetadata(dev.weir.core.v1.ObjectMeta.newBuilder().setName(name))
                        .setSpec(
                                AddressPoolSpec.newBuilder()
                                        .setAutoAssign(automatic)
                                        .addAllAddresses(List.of(addresses)))
                        .build());
    }

    Scene pool(String name, String... addresses) {
        return pool(name, true, addresses);
    }

    Scene put(Message object) {
        return apply(change(object));
    }

    Scene removeService(String name) {
        return apply(removal(Kinds.SERVICE.key("shop", name)));
    }

    Scene removePool(String name) {
        return apply(removal(Kinds.ADDRESS_POOL.key("", name)));
    }

    /** A node comes, or has these addresses from now on; with none it goes. */
    Scene node(String name, String... addresses) {
        Key key = Kinds.NODE.key("", name);
        return nodes(
                key, addresses.length == 0 ? Optional.empty() : Optional.of(of(name, addresses)));
    }

    private static Node of(String name, String... addresses) {
        Node.Builder node = Node.newBuilder();
        node.getMetadataBuilder().setName(name);
        for (String address : addresses) {
            node.getStatusBuilder()
                    .addAddresses(
                            NodeAddress.newBuilder().setType("InternalIP").setAddress(address));
        }
        return node.build();
    }

    private Scene nodes(Key key, Optional<Message> node) {
        SortedMap<Key, Optional<Message>> changes = new TreeMap<>();
        changes.put(key, node);
        Step step = next(control, changes);
        control = step.to();
        return apply(derive(step, Step.still(image)));
    }

    /** The addresses of all nodes. */
    NodeAddresses nodes() {
        return NodeAddresses.in(control);
    }

    static SortedMap<Key, Optional<Message>> removal(Key key) {
        SortedMap<Key, Optional<Message>> changes = new TreeMap<>();
        changes.put(key, Optional.empty());
        return changes;
    }

    static SortedMap<Key, Optional<Message>> change(Message object) {
        SortedMap<Key, Optional<Message>> changes = new TreeMap<>();
        Key key =
                switch (object) {
                    case Service service -> key(service);
                    case AddressPool pool ->
                            Kinds.ADDRESS_POOL.key("", pool.getMetadata().getName());
                    default -> throw new AssertionError(object);
                };
        changes.put(key, Optional.of(object));
        return changes;
    }

    static Key key(Service service) {
        return Kinds.SERVICE.key("shop", service.getMetadata().getName());
    }

    /** All at once; then what follows, until nothing does. */
    Scene apply(SortedMap<Key, Optional<Message>> changes) {
        SortedMap<Key, Optional<Message>> next = changes;
        for (int round = 0; !next.isEmpty(); round++) {
            assertThat(round).as("rounds until nothing follows").isLessThan(3);
            next = derive(step(next));
        }
        return this;
    }

    private SortedMap<Key, Optional<Message>> derive(Step step) {
        return derive(Step.still(control), step);
    }

    private SortedMap<Key, Optional<Message>> derive(Step nodes, Step step) {
        SortedMap<Key, Optional<Message>> follows = new TreeMap<>();
        balancer.derive(nodes, step, tenants, NOW)
                .forEach((key, service) -> follows.put(key, Optional.of(service)));
        return follows;
    }

    /**
     * The first changes as a step that ends where the second ones lead: so it is when a write comes
     * while another is derived from.
     */
    Scene overtaken(
            SortedMap<Key, Optional<Message>> first, SortedMap<Key, Optional<Message>> second) {
        Step one = step(first);
        Step two = step(second);
        Step three = step(derive(new Step(one.from(), one.delta(), two.to())));
        return apply(derive(new Step(two.from(), two.delta().then(three.delta()), three.to())));
    }

    private static Step next(Image image, SortedMap<Key, Optional<Message>> changes) {
        TreeMap<Key, Change> delta = new TreeMap<>();
        long revision = image.revision() + 1;
        changes.forEach(
                (key, object) ->
                        delta.put(
                                key,
                                object.<Change>map(now -> new Change.Put(now, revision))
                                        .orElseGet(() -> new Change.Remove(revision))));
        return Step.of(image, new Delta(image.shard(), "log", revision, Frontier.EMPTY, delta));
    }

    private Step step(SortedMap<Key, Optional<Message>> changes) {
        Step step = next(image, changes);
        step.keys(Kinds.SERVICE)
                .forEach(
                        key ->
                                tenants =
                                        tenants.after(
                                                step.from().find(Service.class, key),
                                                step.to().find(Service.class, key)));
        image = step.to();
        return step;
    }

    Optional<Service> find(String name) {
        return image.find(Service.class, Kinds.SERVICE.key("shop", name));
    }

    Stream<Service> services() {
        return image.all(Kinds.SERVICE, Service.class);
    }

    List<Pool> pools() {
        return Pool.in(image);
    }

    /** The addresses of a Service, with commas. */
    String at(String name) {
        return find(name).orElseThrow().getStatus().getLoadBalancer().getIngressList().stream()
                .map(LoadBalancerIngress::getIp)
                .collect(Collectors.joining(","));
    }

    /** Status, reason and message of the condition. */
    String says(String name) {
        return find(name).orElseThrow().getStatus().getConditionsList().stream()
                .filter(condition -> condition.getType().equals("LoadBalancerAddressAssigned"))
                .map(Scene::words)
                .collect(Collectors.joining(" & "));
    }

    private static String words(Condition condition) {
        return condition.getStatus() + " " + condition.getReason() + ": " + condition.getMessage();
    }

    /** Derives everything anew, as after a start. */
    SortedMap<Key, Service> anew() {
        return new Balancer()
                .derive(Step.start(control), Step.start(image), tenants, NOW.plusSeconds(60));
    }
}
