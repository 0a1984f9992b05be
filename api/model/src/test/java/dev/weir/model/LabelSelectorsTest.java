package dev.weir.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.core.v1.LabelSelector;
import dev.weir.core.v1.LabelSelectorRequirement;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LabelSelectorsTest {

    /** selector | labels, or - for none | whether they match. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "''|-|true",
                "''|a=b|true",
                "a=b|a=b|true",
                "a==b|a=b|true",
                "a=b|a=c|false",
                "a=b|-|false",
                "a!=b|a=c|true",
                "a!=b|a=b|false",
                "a!=b|-|true",
                "a in (b,c)|a=c|true",
                "a in (b, c)|a=d|false",
                "a notin (b,c)|a=b|false",
                "a notin (b,c)|-|true",
                "a|a=|true",
                "a|-|false",
                "!a|-|true",
                "!a|a=x|false",
                "a=|a=|true",
                "a=|a=x|false",
                "a=b,c=d|a=b c=d|true",
                "a=b,c=d|a=b|false",
                " a = b , !c |a=b|true",
                "app.kubernetes.io/name=x_y.z|app.kubernetes.io/name=x_y.z|true",
                "in in (in)|in=in|true",
                "a in ()|a=|true",
            })
    void matchesAsKubectlDoes(String selector, String labels, boolean matches) {
        assertThat(LabelSelectors.matches(LabelSelectors.parse(selector), labels(labels)))
                .isEqualTo(matches);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "a=b=c|found '=', expected: ',' or end of selector",
                "=b|found '=', expected: a label key",
                "a,|found '', expected: a label key",
                "a b|found 'b', expected: '=', '==', '!=', 'in', 'notin' or ','",
                "a in b|found 'b', expected: '('",
                "a in (b|found '', expected: ',' or ')'",
                "a>1|found '>', expected: '=', '==', '!=', 'in', 'notin' or ','",
                "!a=b|found '=', expected: ',' or end of selector",
                "-a|Invalid value: \"-a\": name part must consist of",
                "a=-|Invalid value: \"-\": a valid label must be an empty string",
            })
    void saysWhatIsWrong(String selector, String problem) {
        assertThatThrownBy(() -> LabelSelectors.parse(selector))
                .isInstanceOf(FailureException.class)
                .hasMessageStartingWith("unable to parse requirement: ")
                .hasMessageContaining(problem)
                .hasMessageEndingWith("in label selector \"" + selector + "\"");
    }

    @Test
    void hasOneTextForAllOrders() {
        LabelSelector selector =
                LabelSelector.newBuilder()
                        .putMatchLabels("tier", "web")
                        .putMatchLabels("app", "shop")
                        .addMatchExpressions(requirement("b", "NotIn", "y", "x", "y"))
                        .addMatchExpressions(requirement("a", "Exists"))
                        .addMatchExpressions(requirement("c", "DoesNotExist"))
                        .build();

        assertThat(LabelSelectors.canonical(selector))
                .isEqualTo("!c,a,app in (shop),b notin (x,y),tier in (web)");
        assertThat(LabelSelectors.canonical(LabelSelector.getDefaultInstance())).isEmpty();
    }

    @Test
    void keepsItsMeaningThroughItsText() {
        for (long seed = 0; seed < 500; seed++) {
            Random random = new Random(seed);
            LabelSelector selector = selector(random);
            String text = LabelSelectors.canonical(selector);
            LabelSelector parsed = LabelSelectors.parse(text);
            assertThat(LabelSelectors.canonical(parsed)).as("seed %d", seed).isEqualTo(text);
            assertThat(LabelSelectors.canonical(shuffled(selector, random)))
                    .as("seed %d", seed)
                    .isEqualTo(text);
            for (int i = 0; i < 20; i++) {
                Map<String, String> labels = labels(random);
                assertThat(LabelSelectors.matches(parsed, labels))
                        .as("seed %d, %s on %s", seed, text, labels)
                        .isEqualTo(LabelSelectors.matches(selector, labels));
            }
        }
    }

    private static LabelSelector shuffled(LabelSelector selector, Random random) {
        List<LabelSelectorRequirement> requirements =
                new ArrayList<>(selector.getMatchExpressionsList());
        Collections.shuffle(requirements, random);
        LabelSelector.Builder shuffled =
                selector.toBuilder().clearMatchExpressions().addAllMatchExpressions(requirements);
        selector.getMatchLabelsMap()
                .forEach(
                        (key, value) -> {
                            shuffled.removeMatchLabels(key);
                            shuffled.addMatchExpressions(requirement(key, "In", value));
                        });
        return shuffled.build();
    }

    private static LabelSelector selector(Random random) {
        LabelSelector.Builder selector = LabelSelector.newBuilder();
        for (int i = random.nextInt(3); i > 0; i--) {
            selector.putMatchLabels(word(random), word(random));
        }
        for (int i = random.nextInt(4); i > 0; i--) {
            selector.addMatchExpressions(
                    switch (random.nextInt(4)) {
                        case 0 -> requirement(word(random), "In", word(random), word(random));
                        case 1 -> requirement(word(random), "NotIn", word(random), word(random));
                        case 2 -> requirement(word(random), "Exists");
                        default -> requirement(word(random), "DoesNotExist");
                    });
        }
        return selector.build();
    }

    private static Map<String, String> labels(Random random) {
        Map<String, String> labels = new HashMap<>();
        for (int i = random.nextInt(4); i > 0; i--) {
            labels.put(word(random), word(random));
        }
        return labels;
    }

    private static String word(Random random) {
        return List.of("a", "b", "c", "in", "notin").get(random.nextInt(5));
    }

    private static LabelSelectorRequirement requirement(
            String key, String operator, String... values) {
        return LabelSelectorRequirement.newBuilder()
                .setKey(key)
                .setOperator(operator)
                .addAllValues(List.of(values))
                .build();
    }

    private static Map<String, String> labels(String text) {
        Map<String, String> labels = new TreeMap<>();
        if (!text.equals("-")) {
            for (String label : text.split(" ")) {
                labels.put(label.split("=", -1)[0], label.split("=", -1)[1]);
            }
        }
        return labels;
    }
}
