package dev.weir.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.model.IpAddress;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class NodeIdentityTest {
    @Test
    void whatTheSettingsSayCounts() throws Exception {
        NodeIdentity self =
                NodeIdentity.of(
                        Optional.of("node-7"), Optional.of(List.of("fd00::7", "172.30.0.7")));

        assertThat(self.name()).isEqualTo("node-7");
        assertThat(self.addresses())
                .containsExactly(IpAddress.of("172.30.0.7"), IpAddress.of("fd00::7"));
    }

    @Test
    void theHostNamesTheNodeOtherwise() throws Exception {
        NodeIdentity self = NodeIdentity.of(Optional.empty(), Optional.of(List.of("172.30.0.7")));

        assertThat(self.name()).isNotEmpty().isLowerCase();
    }

    @Test
    void whatIsNoAddressIsRefusedByName() {
        Optional<List<String>> addresses = Optional.of(List.of("node-7"));

        assertThatThrownBy(() -> NodeIdentity.of(Optional.empty(), addresses))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("node-7");
    }
}
