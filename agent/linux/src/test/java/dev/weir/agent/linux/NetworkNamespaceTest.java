package dev.weir.agent.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class NetworkNamespaceTest {

    private static Set<String> links(NetworkNamespace in) throws Exception {
        try (Rtnetlink rtnetlink = in.call(Rtnetlink::open)) {
            return rtnetlink.links().stream().map(Rtnetlink.Link::name).collect(Collectors.toSet());
        }
    }

    @Test
    void aSocketBelongsToTheNamespaceWhereItWasOpened() throws Exception {
        try (TestNamespace namespace = TestNamespace.create()) {
            TestNamespace.exec(
                    "ip", "-n", namespace.name(), "link", "add", "weirx", "type", "bridge");

            assertThat(links(namespace.namespace())).contains("lo", "weirx");
            assertThat(links(NetworkNamespace.own())).contains("lo").doesNotContain("weirx");
        }
    }

    @Test
    void aNamespaceThatIsNotThereIsAnError() {
        assertThatThrownBy(() -> new NetworkNamespace(Path.of("/run/netns/no-such")).call(() -> 1))
                .isInstanceOf(KernelException.class)
                .hasMessageContaining("ENOENT");
    }

    @Test
    void workThatTakesTooLongIsGivenUp() throws Exception {
        try (TestNamespace namespace = TestNamespace.create()) {
            CountDownLatch never = new CountDownLatch(1);

            assertThatThrownBy(
                            () ->
                                    namespace
                                            .namespace()
                                            .call(
                                                    () -> {
                                                        never.await();
                                                        return 1;
                                                    },
                                                    Duration.ofMillis(50)))
                    .isInstanceOf(IOException.class)
                    .hasCauseInstanceOf(TimeoutException.class);
        }
    }
}
