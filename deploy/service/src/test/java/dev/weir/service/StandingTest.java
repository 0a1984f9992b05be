package dev.weir.service;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.log.v1.LogClaim;
import dev.weir.server.seat.Seat;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class StandingTest {
    private static final LogClaim CLAIM =
            LogClaim.newBuilder()
                    .setInstance("policy-1")
                    .setAddress("unix:///p.sock")
                    .setTerm(3)
                    .build();
    private static final Seat.State STANDBY = new Seat.State.Standby();

    private static Reading written(String shard) {
        return new Reading(shard, true, 7, Optional.of(CLAIM), Optional.empty());
    }

    private static Standing standing(Seat.State seat, Reading... readings) {
        return Standing.of(
                "log-1", List.of(new Post("policy", seat, Optional.empty())), List.of(readings));
    }

    @Test
    void itIsReadyOnceAllIsReadAndEveryShardHasAWriter() {
        Standing standing = standing(STANDBY, written("control"), written("policy"));

        assertThat(standing.ready()).isTrue();
        assertThat(standing.words()).isEqualTo("standby of shard policy");
        assertThat(standing.details())
                .containsEntry("log", "log-1")
                .containsEntry("control.revision", "7")
                .containsEntry("policy.writer", "policy-1 at unix:///p.sock, term 3");
    }

    @Test
    void aShardThatIsStillReadIsNamedWithItsTrouble() {
        Reading behind =
                new Reading("control", false, 0, Optional.empty(), Optional.of("no broker"));

        Standing standing = standing(STANDBY, behind, written("policy"));

        assertThat(standing.ready()).isFalse();
        assertThat(standing.words()).isEqualTo("shard control: reading; no broker");
    }

    @Test
    void aShardThatNobodyHasWrittenIsWaitedFor() {
        Reading unwritten = new Reading("control", true, 0, Optional.empty(), Optional.empty());

        Standing standing =
                Standing.of(
                        "log-1",
                        List.of(new Post("control", STANDBY, Optional.of("no coordinator"))),
                        List.of(unwritten));

        assertThat(standing.ready()).isFalse();
        assertThat(standing.words())
                .isEqualTo("waiting for a writer of shard control; no coordinator");
        assertThat(standing.details()).containsEntry("control.election", "no coordinator");
    }

    @Test
    void aSeatThatCannotBeTakenSaysWhy() {
        Standing standing =
                standing(new Seat.State.Failing("cleanup.policy is delete"), written("policy"));

        assertThat(standing.ready()).isFalse();
        assertThat(standing.words()).contains("policy").endsWith("cleanup.policy is delete");
    }

    @Test
    void whoMayWriteTwoShardsSaysHowItStandsAtEach() {
        Standing standing =
                Standing.of(
                        "log-1",
                        List.of(
                                new Post("control", new Seat.State.Serving(3), Optional.empty()),
                                new Post("secret", STANDBY, Optional.of("no coordinator"))),
                        List.of(written("control"), written("secret")));

        assertThat(standing.ready()).isTrue();
        assertThat(standing.words())
                .isEqualTo("writer of shard control, term 3; standby of shard secret");
        assertThat(standing.details())
                .containsEntry("secret.election", "no coordinator")
                .doesNotContainKey("control.election");
    }

    @Test
    void oneSeatThatCannotBeTakenIsEnoughNotToBeReady() {
        Standing standing =
                Standing.of(
                        "log-1",
                        List.of(
                                new Post("control", new Seat.State.Serving(3), Optional.empty()),
                                new Post(
                                        "secret",
                                        new Seat.State.Failing("wrong key"),
                                        Optional.empty())),
                        List.of(written("control"), written("secret")));

        assertThat(standing.ready()).isFalse();
        assertThat(standing.words()).isEqualTo("shard secret cannot be taken: wrong key");
    }

    @Test
    void whatMakesTheStateOldLaterIsADetail() {
        Reading old = new Reading("policy", true, 7, Optional.of(CLAIM), Optional.of("no broker"));

        Standing standing = standing(new Seat.State.Serving(3), old);

        assertThat(standing.ready()).isTrue();
        assertThat(standing.words()).isEqualTo("writer of shard policy, term 3");
        assertThat(standing.details()).containsEntry("policy.trouble", "no broker");
    }
}
