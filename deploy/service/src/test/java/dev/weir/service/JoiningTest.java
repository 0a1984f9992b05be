package dev.weir.service;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.log.LogException;
import io.grpc.BindableService;
import io.grpc.ServiceDescriptor;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class JoiningTest {
    private final List<String> story = new CopyOnWriteArrayList<>();
    private volatile boolean reachable;
    private volatile boolean read;
    private final Joining joining =
            new Joining("Kafka at here", this::open, member -> story.add("joined"));

    @AfterEach
    void close() {
        joining.close();
    }

    private Member open() {
        if (!reachable) {
            throw new LogException("nobody there");
        }
        story.add("opened");
        return new Fake();
    }

    private final class Fake implements Member {
        @Override
        public Optional<String> missing() {
            return read ? Optional.empty() : Optional.of("reading");
        }

        @Override
        public void begin() {
            story.add("began");
        }

        @Override
        public Standing standing() {
            return new Standing(read, read ? "standby" : "reading", new TreeMap<>());
        }

        @Override
        public BindableService service(ServiceDescriptor service) {
            throw new AssertionError("nobody asked for " + service);
        }

        @Override
        public void close() {
            story.add("closed");
        }
    }

    private void awaitWords(String words) throws Exception {
        Await.until(
                "it says " + words,
                () -> joining.standing().words().equals(words),
                () -> joining.standing().words());
    }

    @Test
    void itSaysWhatItWaitsForAndGoesOnWhenThatCame() throws Exception {
        assertThat(joining.standing().ready()).isFalse();
        assertThat(joining.standing().words()).isEqualTo("waiting for Kafka at here");
        joining.start();
        awaitWords("waiting for Kafka at here: nobody there");

        reachable = true;
        awaitWords("reading");
        assertThat(story).containsExactly("opened");
        read = true;

        Await.until("it joined", () -> story.contains("joined"), story::toString);
        assertThat(story).containsExactly("opened", "began", "joined");
        assertThat(joining.standing().ready()).isTrue();
    }

    @Test
    void closedItLeavesAndSaysSo() throws Exception {
        reachable = true;
        joining.start();
        awaitWords("reading");

        joining.close();

        assertThat(story).containsExactly("opened", "closed");
        assertThat(joining.standing().words()).isEqualTo("stopping");
        assertThat(joining.standing().ready()).isFalse();
    }

    @Test
    void closedBeforeItJoinedItEndsToo() throws Exception {
        joining.start();
        awaitWords("waiting for Kafka at here: nobody there");

        joining.close();

        assertThat(story).isEmpty();
    }
}
