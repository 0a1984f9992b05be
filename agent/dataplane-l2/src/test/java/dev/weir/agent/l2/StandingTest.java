package dev.weir.agent.l2;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.agent.l2.wire.Holdings;
import dev.weir.agent.l2.wire.Mac;
import dev.weir.model.IpAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** One node's side, event by event. */
class StandingTest {
    private static final Timing TIMING = Timing.DEFAULT;
    private static final IpAddress ADDRESS = IpAddress.of("192.0.2.100");
    private static final IpAddress OTHER_NODE = IpAddress.of("192.0.2.2");
    private static final Asker CLIENT =
            new Asker(new Mac(0x0200_0000_0009L), IpAddress.of("192.0.2.9"));

    /** By rank for the address. */
    private static final List<String> RANKED =
            Rendezvous.score(ADDRESS, "a") + Long.MIN_VALUE
                            > Rendezvous.score(ADDRESS, "b") + Long.MIN_VALUE
                    ? List.of("a", "b")
                    : List.of("b", "a");

    private static final String HIGHER = RANKED.getFirst();
    private static final String LOWER = RANKED.getLast();

    private long now = -5_000;
    private Standing standing = Standing.start(LOWER, TIMING, now);

    private static Event heard(IpAddress node, IpAddress... owns) {
        return new Event.Heard(node, Optional.of(new Holdings(0, true, Set.of(owns))));
    }

    private static Say alive(IpAddress... owns) {
        return new Say.Alive(Set.of(owns));
    }

    private List<Say> step(Event event) {
        Step step = standing.step(event, now);
        standing = step.next();
        return step.say();
    }

    /** Ticks for so long, and what was said meanwhile. */
    private List<Say> pass(long millis) {
        List<Say> said = new ArrayList<>();
        for (long end = now + millis; now < end; ) {
            now += TIMING.tick();
            said.addAll(step(new Event.Tick()));
        }
        return said;
    }

    private void want(Set<String> nodes) {
        step(
                new Event.Wanted(
                        new Announcements(Map.of(ADDRESS, nodes), Map.of(OTHER_NODE, HIGHER))));
    }

    private List<Say> ask() {
        return step(new Event.Asked(ADDRESS, CLIENT));
    }

    private void own() {
        want(Set.of(HIGHER, LOWER));
        pass(TIMING.listen() + TIMING.settle());
        assertThat(standing.owned()).containsKey(ADDRESS);
    }

    @Test
    void whoHasJustComeListensAndSaysNothing() {
        want(Set.of(LOWER));

        assertThat(pass(TIMING.listen() - TIMING.tick())).isEmpty();
        assertThat(ask()).isEmpty();
        assertThat(pass(TIMING.tick())).containsExactly(alive());
    }

    @Test
    void aNewOwnerClaimsAtOnceAndThreeTimesMore() {
        want(Set.of(LOWER));

        List<Say> said = pass(5_000);

        assertThat(said).filteredOn(new Say.Claim(ADDRESS)::equals).hasSize(4);
        assertThat(said.subList(0, said.indexOf(new Say.Claim(ADDRESS))))
                .containsOnly(alive(), alive(ADDRESS))
                .endsWith(alive(ADDRESS));
    }

    @Test
    void heartbeatsGoOnAndEndWhenThereIsNothingToAnnounce() {
        own();

        assertThat(pass(4_000)).filteredOn(alive(ADDRESS)::equals).hasSize(10);
        step(new Event.Wanted(Announcements.NONE));
        assertThat(pass(4_000)).isEmpty();
        assertThat(ask()).isEmpty();
    }

    @Test
    void onlyTheOwnerAnswers() {
        own();

        assertThat(ask()).containsExactly(new Say.Answer(ADDRESS, CLIENT));
        assertThat(step(new Event.Asked(OTHER_NODE, CLIENT))).isEmpty();
    }

    @Test
    void itStopsAtOnceWhenItHearsAnOwnerWhoRanksHigherAndSaysNothing() {
        own();

        assertThat(step(heard(OTHER_NODE, ADDRESS))).isEmpty();

        assertThat(ask()).isEmpty();
    }

    @Test
    void itTakesOverWhenTheOwnerWasSilentForTheSilence() {
        own();
        step(heard(OTHER_NODE, ADDRESS));

        assertThat(pass(TIMING.silence() - TIMING.tick())).doesNotContain(new Say.Claim(ADDRESS));
        assertThat(pass(TIMING.tick())).contains(new Say.Claim(ADDRESS));
    }

    @Test
    void theHeartbeatOfAStrangerMeansNothing() {
        own();

        step(heard(IpAddress.of("192.0.2.77"), ADDRESS));

        assertThat(ask()).isNotEmpty();
    }

    @Test
    void strangersGetNoMoreMemoryThanThereMayBeNodes() {
        own();

        for (int i = 0; i < Standing.MAX_HEARD + 10; i++) {
            step(heard(IpAddress.of("10.0.0.0").plus(i)));
        }

        assertThat(standing.heard()).hasSize(Standing.MAX_HEARD);
        pass(TIMING.silence());
        assertThat(standing.heard()).isEmpty();
    }

    /** This node, with the highest rank, and the other one. */
    private void rankHigher() {
        standing = Standing.start(HIGHER, TIMING, now);
        step(
                new Event.Wanted(
                        new Announcements(
                                Map.of(ADDRESS, Set.of(HIGHER, LOWER)),
                                Map.of(OTHER_NODE, LOWER))));
    }

    @Test
    void itClaimsAgainWhenANodeComesBackOrOwnsTheSame() {
        rankHigher();
        pass(5_000);

        step(heard(OTHER_NODE));
        assertThat(pass(TIMING.tick())).contains(new Say.Claim(ADDRESS));
        pass(TIMING.heartbeat());
        step(heard(OTHER_NODE));
        assertThat(pass(TIMING.tick())).doesNotContain(new Say.Claim(ADDRESS));
        step(heard(OTHER_NODE, ADDRESS));
        assertThat(pass(TIMING.tick())).contains(new Say.Claim(ADDRESS));
    }

    @Test
    void whoComesTakesNothingFromALivingOwnerUntilItLetsGo() {
        rankHigher();
        for (int i = 0; i < 10; i++) {
            step(heard(OTHER_NODE, ADDRESS));
            assertThat(pass(TIMING.heartbeat())).doesNotContain(new Say.Claim(ADDRESS));
            assertThat(ask()).isEmpty();
        }

        step(heard(OTHER_NODE));

        assertThat(pass(TIMING.tick())).contains(alive(ADDRESS), new Say.Claim(ADDRESS));
    }

    @Test
    void anOwnerThatMayNotAnyMoreIsNotWaitedFor() {
        rankHigher();
        pass(TIMING.listen());
        step(heard(OTHER_NODE, ADDRESS));
        pass(TIMING.settle());

        step(
                new Event.Wanted(
                        new Announcements(
                                Map.of(ADDRESS, Set.of(HIGHER)), Map.of(OTHER_NODE, LOWER))));

        assertThat(ask()).isNotEmpty();
    }

    @Test
    void aListOfWhichAPartIsMissingChangesNothing() {
        IpAddress other = IpAddress.of("192.0.2.101");
        Hearing hearing =
                Hearing.first(0, Optional.of(new Holdings(0, true, Set.of(ADDRESS, other))));

        Hearing half = hearing.then(1, Optional.of(new Holdings(0, false, Set.of(other))));
        assertThat(half.owns()).isEqualTo(hearing.owns());
        assertThat(half.then(2, Optional.of(new Holdings(2, true, Set.of()))).owns())
                .isEqualTo(hearing.owns());
        assertThat(half.then(2, Optional.empty()).owns()).isEqualTo(hearing.owns());
        assertThat(half.then(2, Optional.of(new Holdings(1, true, Set.of(OTHER_NODE)))).owns())
                .hasValue(Set.of(other, OTHER_NODE));
    }

    @Test
    void whoSleptThroughTheSilenceOwnsNothingAnyMore() {
        own();

        now += TIMING.silence();
        step(new Event.Tick());

        assertThat(ask()).isEmpty();
        assertThat(pass(TIMING.listen() + TIMING.settle())).contains(new Say.Claim(ADDRESS));
    }

    @Test
    void whoIsNotEligibleSendsHeartbeatsAndOwnsNothing() {
        want(Set.of(HIGHER));

        assertThat(pass(5_000)).isNotEmpty().containsOnly(alive());
        assertThat(ask()).isEmpty();
    }

    @Test
    void whatItGetsIsUnsaidUntilItIsClaimed() {
        want(Set.of(LOWER));
        assertThat(standing.unsaid()).as("while it listens nobody waits for it").isEmpty();
        pass(TIMING.listen());
        assertThat(standing.unsaid()).containsExactly(ADDRESS);

        assertThat(pass(TIMING.settle())).contains(new Say.Claim(ADDRESS));

        assertThat(standing.unsaid()).isEmpty();
    }

    @Test
    void whatAnotherOneOwnsIsNotUnsaidHere() {
        own();
        step(heard(OTHER_NODE, ADDRESS));

        assertThat(standing.unsaid()).isEmpty();
    }
}
