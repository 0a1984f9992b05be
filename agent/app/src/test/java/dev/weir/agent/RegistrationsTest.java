package dev.weir.agent;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.agent.Registrations.Action;
import dev.weir.changes.Change;
import dev.weir.changes.Delta;
import dev.weir.changes.Frontier;
import dev.weir.changes.Image;
import dev.weir.core.v1.Condition;
import dev.weir.core.v1.ObjectMeta;
import dev.weir.core.v1.Pod;
import dev.weir.core.v1.PodIp;
import dev.weir.core.v1.PodSpec;
import dev.weir.core.v1.PodStatus;
import dev.weir.model.IpAddress;
import dev.weir.model.Key;
import dev.weir.model.Kinds;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class RegistrationsTest {
    private static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");
    private static final Instant LATER = NOW.plusSeconds(60);
    private static final Key WEB = Kinds.POD.key("shop", "web");
    private static final Registrations HERE =
            new Registrations("n1", List.of(IpAddress.of("192.0.2.1")));

    private static Pod pod(Key key, String node) {
        return Pod.newBuilder()
                .setMetadata(
                        ObjectMeta.newBuilder()
                                .setNamespace(key.namespace())
                                .setName(key.name())
                                .setResourceVersion("1")
                                .putLabels("app", "web"))
                .setSpec(PodSpec.newBuilder().setNodeName(node))
                .build();
    }

    private static LocalState local(Key key, boolean ready, String... addresses) {
        return new LocalState(
                key,
                java.util.Arrays.stream(addresses).map(IpAddress::of).toList(),
                Map.of("from", "runtime"),
                ready);
    }

    private static Image image(Pod... pods) {
        TreeMap<Key, Change> changes = new TreeMap<>();
        for (Pod pod : pods) {
            changes.put(key(pod), new Change.Put(pod, 1));
        }
        return Image.empty("control")
                .apply(new Delta("control", "log-1", 1, Frontier.EMPTY, changes));
    }

    private static Key key(Pod pod) {
        return Kinds.POD.key(pod.getMetadata().getNamespace(), pod.getMetadata().getName());
    }

    private static List<Action> plan(Image image, LocalState... locals) {
        Map<Key, LocalState> here = new HashMap<>();
        for (LocalState local : locals) {
            here.put(local.pod(), local);
        }
        return HERE.plan(image, here, NOW);
    }

    /** The image once the actions were carried out. */
    private static Image carriedOut(Image image, List<Action> actions) {
        TreeMap<Key, Change> changes = new TreeMap<>();
        long revision = image.revision() + 1;
        for (Action action : actions) {
            switch (action) {
                case Action.Create(var pod) -> {
                    assertThat(image.get(key(pod))).as("created, but there").isEmpty();
                    changes.put(key(pod), new Change.Put(pod, revision));
                }
                case Action.Bind(var pod) -> {
                    assertThat(image.get(key(pod))).as("bound, but not there").isPresent();
                    changes.put(key(pod), new Change.Put(pod, revision));
                }
                case Action.Delete(var pod) -> {
                    assertThat(image.get(key(pod))).as("deleted, but not there").isPresent();
                    changes.put(key(pod), new Change.Remove(revision));
                }
            }
        }
        return image.apply(new Delta("control", "log-1", revision, Frontier.EMPTY, changes));
    }

    private static Pod only(List<Action> actions, Class<? extends Action> type) {
        assertThat(actions).singleElement().isInstanceOf(type);
        return switch (actions.getFirst()) {
            case Action.Create(var pod) -> pod;
            case Action.Bind(var pod) -> pod;
            case Action.Delete(var pod) -> pod;
        };
    }

    private static Condition condition(String status, Instant since) {
        return Condition.newBuilder()
                .setType("Ready")
                .setStatus(status)
                .setLastTransitionTime(
                        com.google.protobuf.Timestamp.newBuilder()
                                .setSeconds(since.getEpochSecond()))
                .build();
    }

    @Test
    void aPodThatNobodyRegisteredIsCreated() {
        Pod created =
                only(plan(image(), local(WEB, true, "10.244.0.5", "fd00::5")), Action.Create.class);

        assertThat(created.getMetadata().getLabelsMap()).isEqualTo(Map.of("from", "runtime"));
        assertThat(created.getMetadata().getAnnotationsMap())
                .containsEntry("weir.dev/registered-by", "agent");
        assertThat(created.getSpec().getNodeName()).isEqualTo("n1");
        assertThat(created.getStatus().getPhase()).isEqualTo("Running");
        assertThat(created.getStatus().getPodIp()).isEqualTo("10.244.0.5");
        assertThat(created.getStatus().getPodIpsList())
                .extracting(PodIp::getIp)
                .containsExactly("10.244.0.5", "fd00::5");
        assertThat(created.getStatus().getHostIp()).isEqualTo("192.0.2.1");
        assertThat(created.getStatus().getConditionsList()).containsExactly(condition("True", NOW));
    }

    @Test
    void aRegisteredPodIsBoundAndKeepsWhatItsOwnerSaid() {
        Pod registered = pod(WEB, "");

        Pod bound =
                only(plan(image(registered), local(WEB, false, "10.244.0.5")), Action.Bind.class);

        assertThat(bound.getMetadata()).isEqualTo(registered.getMetadata());
        assertThat(bound.getSpec().getNodeName()).isEqualTo("n1");
        assertThat(bound.getStatus().getPodIp()).isEqualTo("10.244.0.5");
        assertThat(bound.getStatus().getConditionsList()).containsExactly(condition("False", NOW));
    }

    @Test
    void aChangeOfReadinessTellsWhen() {
        Image bound =
                carriedOut(
                        image(pod(WEB, "")),
                        plan(image(pod(WEB, "")), local(WEB, false, "10.244.0.5")));

        Pod ready =
                only(
                        HERE.plan(bound, Map.of(WEB, local(WEB, true, "10.244.0.5")), LATER),
                        Action.Bind.class);

        assertThat(ready.getStatus().getConditionsList()).containsExactly(condition("True", LATER));
        assertThat(ready.getStatus().getStartTime().getSeconds()).isEqualTo(NOW.getEpochSecond());
    }

    @Test
    void aPodThatIsGoneLosesItsAddressAndStaysRegistered() {
        Image bound =
                carriedOut(
                        image(pod(WEB, "")),
                        plan(image(pod(WEB, "")), local(WEB, true, "10.244.0.5")));

        Pod cleared = only(HERE.plan(bound, Map.of(), LATER), Action.Bind.class);

        assertThat(cleared.getStatus().getPodIp()).isEmpty();
        assertThat(cleared.getStatus().getPodIpsList()).isEmpty();
        assertThat(cleared.getStatus().getConditionsList())
                .containsExactly(condition("False", LATER));
    }

    @Test
    void aPodThatThisAgentMadeGoesWithItsNetwork() {
        Image made = carriedOut(image(), plan(image(), local(WEB, true, "10.244.0.5")));

        only(HERE.plan(made, Map.of(), LATER), Action.Delete.class);
    }

    @Test
    void podsOfOtherNodesAndOfTheHostAreNotTouched() {
        PodStatus running =
                PodStatus.newBuilder()
                        .setPodIp("10.244.9.9")
                        .addPodIps(PodIp.newBuilder().setIp("10.244.9.9"))
                        .build();
        Pod elsewhere =
                pod(Kinds.POD.key("shop", "a"), "n2").toBuilder().setStatus(running).build();
        Pod host =
                pod(Kinds.POD.key("shop", "b"), "n1").toBuilder()
                        .setSpec(PodSpec.newBuilder().setNodeName("n1").setHostNetwork(true))
                        .setStatus(running)
                        .build();
        Pod waiting = pod(Kinds.POD.key("shop", "c"), "n1");

        assertThat(plan(image(elsewhere, host, waiting))).isEmpty();
    }

    @Test
    void aPodThatHasEndedIsNeverReady() {
        Pod ended =
                pod(WEB, "n1").toBuilder()
                        .setStatus(PodStatus.newBuilder().setPhase("Succeeded"))
                        .build();

        Pod bound = only(plan(image(ended), local(WEB, true, "10.244.0.5")), Action.Bind.class);

        assertThat(bound.getStatus().getPhase()).isEqualTo("Succeeded");
        assertThat(bound.getStatus().getConditions(0).getStatus()).isEqualTo("False");
    }

    @Test
    void anotherAddressReplacesTheFormer() {
        Image bound =
                carriedOut(
                        image(pod(WEB, "")),
                        plan(image(pod(WEB, "")), local(WEB, true, "10.244.0.5", "fd00::5")));

        Pod moved =
                only(
                        HERE.plan(bound, Map.of(WEB, local(WEB, true, "10.244.0.6")), LATER),
                        Action.Bind.class);

        assertThat(moved.getStatus().getPodIp()).isEqualTo("10.244.0.6");
        assertThat(moved.getStatus().getPodIpsList())
                .extracting(PodIp::getIp)
                .containsExactly("10.244.0.6");
    }

    /** Whatever the state, one round of writes makes everything true, and then nothing is left. */
    @Test
    void afterOneRoundNothingIsLeftToDo() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        for (int round = 0; round < 500; round++) {
            Image image = randomImage(random);
            Map<Key, LocalState> locals = randomLocals(random);

            List<Action> first = HERE.plan(image, locals, NOW);
            Image after = carriedOut(image, first);

            assertThat(HERE.plan(after, locals, LATER)).as("seed " + seed).isEmpty();
            assertThat(locals.values())
                    .as("seed " + seed)
                    .allSatisfy(
                            local ->
                                    assertThat(after.find(Pod.class, local.pod()))
                                            .hasValueSatisfying(pod -> isTrueOf(pod, local)));
            assertThat(first.stream().map(RegistrationsTest::subject))
                    .as("seed " + seed)
                    .doesNotHaveDuplicates();
        }
    }

    private static Key subject(Action action) {
        return switch (action) {
            case Action.Create(var pod) -> key(pod);
            case Action.Bind(var pod) -> key(pod);
            case Action.Delete(var pod) -> key(pod);
        };
    }

    private static void isTrueOf(Pod pod, LocalState local) {
        assertThat(pod.getSpec().getNodeName()).isEqualTo("n1");
        assertThat(pod.getStatus().getPodIpsList())
                .extracting(PodIp::getIp)
                .isEqualTo(local.addresses().stream().map(IpAddress::toString).toList());
    }

    private static Image randomImage(Random random) {
        List<Pod> pods = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            if (random.nextBoolean()) {
                pods.add(randomPod(random, Kinds.POD.key("shop", "p" + i)));
            }
        }
        return image(pods.toArray(new Pod[0]));
    }

    private static Pod randomPod(Random random, Key key) {
        Pod.Builder pod =
                pod(key, List.of("", "n1", "n1", "n2").get(random.nextInt(4))).toBuilder();
        if (random.nextBoolean()) {
            pod.getMetadataBuilder().putAnnotations(Registrations.REGISTERED_BY, "agent");
        }
        if (random.nextInt(4) == 0) {
            pod.getSpecBuilder().setHostNetwork(true);
        }
        PodStatus.Builder status =
                PodStatus.newBuilder()
                        .setPhase(
                                List.of("", "Pending", "Running", "Failed").get(random.nextInt(4)));
        if (random.nextBoolean()) {
            String address = "10.244.1." + random.nextInt(5);
            status.setPodIp(address).addPodIps(PodIp.newBuilder().setIp(address));
        }
        if (random.nextBoolean()) {
            status.addConditions(condition(random.nextBoolean() ? "True" : "False", NOW));
        }
        return pod.setStatus(status).build();
    }

    private static Map<Key, LocalState> randomLocals(Random random) {
        Map<Key, LocalState> locals = new HashMap<>();
        for (int i = 0; i < 6; i++) {
            if (random.nextBoolean()) {
                Key key = Kinds.POD.key("shop", "p" + i);
                locals.put(
                        key,
                        random.nextBoolean()
                                ? local(key, random.nextBoolean(), "10.244.1." + random.nextInt(5))
                                : local(key, random.nextBoolean(), "10.244.1.9", "fd00::9"));
            }
        }
        return locals;
    }
}
