package dev.weir.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.agent.spi.Heartbeats;
import dev.weir.client.Connection;
import dev.weir.client.ServerAddress;
import dev.weir.client.Servers;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class AgentConfigTest {
    private static AgentConfig config(Map<String, String> settings) {
        Map<String, String> all = new HashMap<>(Map.of("weir.agent.join", "unix:///s"));
        all.putAll(settings);
        return new SmallRyeConfigBuilder()
                .withMapping(AgentConfig.class)
                .withDefaultValues(all)
                .build()
                .getConfigMapping(AgentConfig.class);
    }

    /** Opened, not started. */
    private static ChangeSource source(AgentConfig config) {
        try (Connection connection =
                Connection.open(Servers.of(new ServerAddress.Unix(Path.of("/nobody"))))) {
            ChangeSource source = config.source().open("n1", connection.channel(), config);
            source.close();
            return source;
        }
    }

    @Test
    void theStateComesOfTheControlPlaneUnlessSaidOtherwise() {
        assertThat(source(config(Map.of()))).isInstanceOf(StreamChangeSource.class);
    }

    @Test
    void theStateCanComeOfKafka() {
        AgentConfig config =
                config(
                        Map.of(
                                "weir.agent.source",
                                "kafka",
                                "weir.agent.kafka",
                                "192.0.2.1:9092,[2001:db8::1]:9092",
                                "weir.agent.cluster",
                                "shop",
                                "weir.agent.kafka-client.\"security.protocol\"",
                                "SSL"));

        assertThat(config.kafkaClient()).containsEntry("security.protocol", "SSL");
        assertThat(source(config)).isInstanceOf(KafkaChangeSource.class);
    }

    @Test
    void withoutBrokersItSaysWhatToSet() {
        AgentConfig config = config(Map.of("weir.agent.source", "kafka"));

        assertThatThrownBy(() -> source(config))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("weir.agent.kafka");
    }

    @Test
    void anotherSourceIsRefused() {
        assertThatThrownBy(() -> config(Map.of("weir.agent.source", "carrier-pigeon")).source())
                .hasMessageContaining("carrier-pigeon");
    }

    @Test
    void theNodesHealthIsToldUnlessSaidOtherwise() {
        assertThat(config(Map.of()).healthz()).contains("10256");
        assertThat(config(Map.of("weir.agent.healthz", "")).healthz()).isEmpty();
        assertThat(config(Map.of()).localhostNodePorts()).isFalse();
        assertThat(config(Map.of("weir.agent.localhost-node-ports", "true")).localhostNodePorts())
                .isTrue();
        assertThat(config(Map.of()).countTraffic()).isFalse();
        assertThat(config(Map.of("weir.agent.count-traffic", "true")).countTraffic()).isTrue();
    }

    private static AgentConfig.L2 l2(String heartbeat, String silence) {
        return config(
                        Map.of(
                                "weir.agent.l2.heartbeat",
                                heartbeat,
                                "weir.agent.l2.silence",
                                silence))
                .l2();
    }

    @Test
    void theDefaultTimesOfAnnouncementAreThoseOfThePlane() {
        assertThat(config(Map.of()).l2().heartbeats()).isEqualTo(Heartbeats.DEFAULT);
    }

    @Test
    void timesOfAnnouncementThatContradictEachOtherAreRefusedByName() {
        assertThat(l2("PT1S", "PT2S").heartbeats().silence()).isEqualTo(Duration.ofSeconds(2));
        assertThatThrownBy(() -> l2("PT1S", "PT1.9S").heartbeats())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("weir.agent.l2.silence")
                .hasMessageContaining("a silence of PT1.9S")
                .hasMessageContaining("two heartbeats, PT2S");
        assertThatThrownBy(() -> l2("PT0.05S", "PT2S").heartbeats())
                .hasMessageContaining("a heartbeat every PT0.05S");
    }
}
