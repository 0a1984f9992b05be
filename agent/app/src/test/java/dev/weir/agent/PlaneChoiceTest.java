package dev.weir.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.smallrye.config.SmallRyeConfigBuilder;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PlaneChoiceTest {
    private static AgentConfig defaults() {
        return new SmallRyeConfigBuilder()
                .withMapping(AgentConfig.class)
                .withDefaultValues(Map.of("weir.agent.join", "unix:///s"))
                .build()
                .getConfigMapping(AgentConfig.class);
    }

    @Test
    void whatIsMeantByDefaultIsInstalled() {
        AgentConfig config = defaults();

        PlaneChoice choice = PlaneChoice.of(config.planes(), config.fabric());

        assertThat(choice).isEqualTo(new PlaneChoice(List.of("direct", "nft", "l2"), true));
    }

    @Test
    void whatIsNotIsRefusedByName() {
        assertThatThrownBy(() -> PlaneChoice.of(List.of("nft", "carrier-pigeon"), "direct"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("carrier-pigeon")
                .hasMessageContaining("nft, l2, dns");
    }
}
