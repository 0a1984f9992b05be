package dev.weir.cli;

import java.util.Map;
import java.util.function.Function;

/** Commands that another module adds to {@code weir}; found by ServiceLoader. */
public interface CommandProvider {

    /** By name: makes the picocli command object. */
    Map<String, Function<Session, Object>> commands();
}
