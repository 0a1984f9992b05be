package dev.weir.agent.spi;

import dev.weir.model.Key;
import java.util.Map;

/**
 * What came of programming an image.
 *
 * @param problems objects that are not programmed, and why; everything else is
 */
public record Outcome(Map<Key, String> problems) {
    public static final Outcome DONE = new Outcome(Map.of());

    public Outcome {
        problems = Map.copyOf(problems);
    }
}
