package dev.weir.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;

class LabSettingsTest {
    private static final LabSettings SETTINGS =
            new LabSettings(
                    Shape.DISTRIBUTED,
                    3,
                    "nft",
                    "direct",
                    false,
                    Map.of("weir.pod-cidrs", "10.0.0.0/8,\"x\""),
                    "boot");

    @Test
    void whatIsWrittenIsRead() {
        assertThat(LabSettings.parse(SETTINGS.json())).isEqualTo(SETTINGS);
    }

    @Test
    void nodesHaveConsecutiveAddressesInBothFamilies() {
        assertThat(
                        LabNode.all(SETTINGS)
                                .map(node -> node.name() + " " + node.ipv4() + " " + node.ipv6()))
                .containsExactly(
                        "node-1 172.30.0.11 fd00:172:30::b",
                        "node-2 172.30.0.12 fd00:172:30::c",
                        "node-3 172.30.0.13 fd00:172:30::d");
    }

    @Test
    void labsOfTwoDirectoriesDoNotShareNames() {
        LabPlace one = new LabPlace(Path.of("/tmp/a"));
        LabPlace other = new LabPlace(Path.of("/tmp/b"));

        assertThat(one.prefix()).matches("weir-[0-9a-f]{4}-").isNotEqualTo(other.prefix());
        assertThat(one.marker()).isNotEqualTo(other.marker());
    }
}
