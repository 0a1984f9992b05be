package dev.weir.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LeadingFlagsTest {
    @ParameterizedTest
    @CsvSource({
        "-n web get pods, get -n web pods",
        "--namespace=web get pods, get --namespace=web pods",
        "--server unix:///s --data d get svc x, get --server unix:///s --data d svc x",
        "--data d lab up --nodes 2, lab up --data d --nodes 2",
        "get pods -n web, get pods -n web",
        "--help, --help",
        "-n, -n",
    })
    void flagsOfEveryCommandMayComeFirst(String typed, String meant) {
        String[] words = LeadingFlags.behindCommand(typed.split(" "), Set.of("lab"));

        assertThat(String.join(" ", words)).isEqualTo(meant);
    }
}
