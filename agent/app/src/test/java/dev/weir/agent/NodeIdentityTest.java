package dev.weir.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.model.IpAddress;
import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class NodeIdentityTest {
    @Test
    void whatTheSettingsSayCounts() throws Exception {
        AgentConfig config =
                config(
                        Map.of(
                                "weir.agent.node-name", "node-7",
                                "weir.agent.node-ip", "fd00::7,172.30.0.7"));

        NodeIdentity self = NodeIdentity.of(config);

        assertThat(self.name()).isEqualTo("node-7");
        assertThat(self.addresses())
                .containsExactly(IpAddress.of("172.30.0.7"), IpAddress.of("fd00::7"));
    }

    @Test
    void theHostNamesTheNodeOtherwise() throws Exception {
        NodeIdentity self = NodeIdentity.of(config(Map.of("weir.agent.node-ip", "172.30.0.7")));

        assertThat(self.name()).isNotEmpty().isLowerCase();
    }

    @Test
    void whatIsNoAddressIsRefusedByName() {
        AgentConfig config = config(Map.of("weir.agent.node-ip", "node-7"));

        assertThatThrownBy(() -> NodeIdentity.of(config))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("node-7");
    }

    private static AgentConfig config(Map<String, String> settings) {
        Map<String, String> all = new HashMap<>(settings);
        all.put("weir.agent.join", "unix:///nowhere");
        return new SmallRyeConfigBuilder()
                .withSources(new PropertiesConfigSource(all, "test", 100))
                .withMapping(AgentConfig.class)
                .build()
                .getConfigMapping(AgentConfig.class);
    }
}
