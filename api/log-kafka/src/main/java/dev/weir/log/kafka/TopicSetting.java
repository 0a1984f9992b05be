package dev.weir.log.kafka;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One setting that a topic is made with.
 *
 * @param name Kafka's
 * @param why it matters, for whoever has set it otherwise; empty: a wish, not looked at afterwards
 */
record TopicSetting(String name, Rule rule, String value, String why) {
    /** How the value that is there compares with the one here. */
    enum Rule {
        EXACTLY,
        AT_LEAST,
        AT_MOST
    }

    static TopicSetting exactly(String name, String value, String why) {
        return new TopicSetting(name, Rule.EXACTLY, value, why);
    }

    static TopicSetting atLeast(String name, long value, String why) {
        return new TopicSetting(name, Rule.AT_LEAST, Long.toString(value), why);
    }

    static TopicSetting atMost(String name, long value, String why) {
        return new TopicSetting(name, Rule.AT_MOST, Long.toString(value), why);
    }

    /** What is wrong with the value that the topic has. */
    Optional<String> complaint(@Nullable String actual) {
        if (why.isEmpty() || (actual != null && holds(actual))) {
            return Optional.empty();
        }
        String must =
                switch (rule) {
                    case EXACTLY -> "";
                    case AT_LEAST -> "at least ";
                    case AT_MOST -> "at most ";
                };
        return Optional.of(
                name + " is " + actual + " and must be " + must + value + ", because " + why);
    }

    private boolean holds(String actual) {
        return switch (rule) {
            case EXACTLY -> actual.equals(value);
            case AT_LEAST -> Long.parseLong(actual) >= Long.parseLong(value);
            case AT_MOST -> Long.parseLong(actual) <= Long.parseLong(value);
        };
    }

    /** As kafka-configs.sh takes it. */
    String assignment() {
        return name + "=" + value;
    }
}
