package dev.weir.lab.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class RequestsTest {
    @Test
    void answersAreCountedByServer() {
        Requests read = Requests.read("web-1 10.0.0.1\nweb-2 10.0.0.1\nweb-1 10.0.0.1\n");

        assertThat(read.servers()).isEqualTo("web-1 web-2");
        assertThat(read.answers()).containsEntry("web-1", 2);
        assertThat(read.sources()).containsExactly("10.0.0.1");
    }

    @Test
    void aFailureIsNeverHidden() {
        assertThat(Requests.read("failed: refused\n").servers()).isEqualTo("blocked");
        assertThat(Requests.read("web-1 10.0.0.1\nfailed: refused\n").servers())
                .isEqualTo("web-1, 1 failed");
        assertThat(Requests.read("web-1 10.0.0.1\nweb-2\n").failures()).containsExactly("web-2");
    }

    @Test
    void aRowIsRightOnlyWhenItIsAsExpected() {
        assertThat(new Row("a", "b", "web-1", "web-1", Duration.ZERO).ok()).isTrue();
        assertThat(new Row("a", "b", "web-1", "blocked", Duration.ZERO).ok()).isFalse();
    }
}
