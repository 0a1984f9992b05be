package dev.weir.agent.spi;

import dev.weir.model.Key;
import java.util.Map;

/**
 * What came of programming an image.
 *
 * @param problems objects that are not programmed, and why; everything else is
 * @param owes whether something was put off that matters to nobody yet: the plane is to be called
 *     again within a second
 */
public record Outcome(Map<Key, String> problems, boolean owes) {
    public static final Outcome DONE = new Outcome(Map.of());

    public Outcome {
        problems = Map.copyOf(problems);
    }

    public Outcome(Map<Key, String> problems) {
        this(problems, false);
    }
}
