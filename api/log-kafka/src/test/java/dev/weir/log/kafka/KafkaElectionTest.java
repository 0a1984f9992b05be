package dev.weir.log.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.log.Election;
import dev.weir.model.Shards;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Who writes, with a real broker. */
@Timeout(120)
class KafkaElectionTest {
    private static final Duration SESSION = Duration.ofSeconds(4);

    private final KafkaConfig config =
            Candidate.config(
                    SharedBroker.newCluster().cluster(), SharedBroker.bootstrap(), SESSION);
    private final List<AutoCloseable> opened = new ArrayList<>();

    /** Keeps what it was told. */
    static final class Told implements Election.Listener {
        final List<String> words = new CopyOnWriteArrayList<>();

        @Override
        public void elected() {
            words.add("elected");
        }

        @Override
        public void dismissed() {
            words.add("dismissed");
        }
    }

    @BeforeEach
    void makeTopics() {
        KafkaLogStore.open(config);
    }

    @AfterEach
    void closeAll() throws Exception {
        for (AutoCloseable closeable : opened.reversed()) {
            closeable.close();
        }
    }

    private KafkaElection candidate(String instance, Told told) {
        KafkaElection candidate = new KafkaElection(config, Shards.CONTROL, instance);
        opened.add(candidate);
        candidate.start(told);
        return candidate;
    }

    private KafkaElection candidate(String instance) {
        return candidate(instance, new Told());
    }

    private Candidate process(String instance) throws Exception {
        Candidate process = Candidate.fork(config, Shards.CONTROL, instance);
        opened.add(process);
        return process;
    }

    private static void awaitElected(KafkaElection candidate) {
        Await.until("elected", Await.LONG, candidate::elected, candidate::trouble);
    }

    @Test
    void oneIsElectedAndKeepsTheSeatUntilItCloses() throws Exception {
        Told told = new Told();
        KafkaElection first = candidate("one", told);
        awaitElected(first);
        KafkaElection second = candidate("two");
        KafkaElection third = candidate("three");
        Thread.sleep(SESSION);
        assertThat(first.elected()).isTrue();
        assertThat(second.elected()).isFalse();
        assertThat(third.elected()).isFalse();

        long before = System.nanoTime();
        first.close();
        Await.until("one of the others is elected", () -> second.elected() || third.elected());

        assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(SESSION);
        assertThat(told.words).containsExactly("elected", "dismissed");
        assertThat(second.elected()).isNotEqualTo(third.elected());
    }

    @Test
    void whoStandsDownHandsOverAndTakesPartAgain() {
        Told told = new Told();
        KafkaElection first = candidate("one", told);
        awaitElected(first);
        KafkaElection second = candidate("two");

        first.standDown();

        awaitElected(second);
        assertThat(first.elected()).isFalse();
        Await.until("it takes part again", () -> told.words.size() == 2);
        second.close();
        awaitElected(first);
        assertThat(told.words).containsExactly("elected", "dismissed", "elected");
    }

    @Test
    void whoIsKilledIsFollowedAfterTheSession() throws Exception {
        Candidate holder = process("one");
        holder.await("elected");
        KafkaElection second = candidate("two");
        Thread.sleep(500);
        assertThat(second.elected()).isFalse();

        holder.kill();

        awaitElected(second);
    }

    @Test
    void whoIsStartedAgainHasItsSeatAtOnce() throws Exception {
        Candidate holder = process("one");
        holder.await("elected");
        Told told = new Told();
        candidate("two", told);
        Thread.sleep(1000);
        holder.kill();

        process("one").await("elected");

        Thread.sleep(SESSION);
        assertThat(told.words).isEmpty();
    }

    @Test
    void whoIsPausedLearnsThatAnotherIsElected() throws Exception {
        Candidate holder = process("one");
        holder.await("elected");
        KafkaElection second = candidate("two");
        holder.signal("STOP");
        awaitElected(second);

        holder.signal("CONT");

        holder.await("dismissed");
        assertThat(second.elected()).isTrue();
    }

    @Test
    void namesakeTakesTheNameAndNobodyDuels() throws Exception {
        Told told = new Told();
        KafkaElection first = candidate("one", told);
        awaitElected(first);

        KafkaElection namesake = candidate("one");

        awaitElected(namesake);
        Await.until("it is told", () -> told.words.size() == 2);
        Await.until(
                "it says why",
                () -> first.trouble().orElse("").contains("as \"one\": give each its own name"));
        Thread.sleep(SESSION);
        assertThat(namesake.elected()).isTrue();
        assertThat(first.elected()).isFalse();
        assertThat(told.words).containsExactly("elected", "dismissed");
    }

    @Test
    void takesPartBeforeTheTopicIsThere() {
        KafkaConfig early =
                Candidate.config(
                        SharedBroker.newCluster().cluster(), SharedBroker.bootstrap(), SESSION);
        KafkaElection candidate = new KafkaElection(early, Shards.CONTROL, "one");
        opened.add(candidate);
        candidate.start(new Told());

        KafkaLogStore.open(early);

        awaitElected(candidate);
    }
}
