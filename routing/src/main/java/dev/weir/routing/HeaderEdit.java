package dev.weir.routing;

import java.util.List;

/**
 * Changes to headers: first what is set replaces what is there, then what is added, then what is
 * removed. Names are compared without regard to case.
 */
public record HeaderEdit(List<Header> set, List<Header> add, List<String> remove) {
    public static final HeaderEdit NONE = new HeaderEdit(List.of(), List.of(), List.of());

    /** Neither has a control character. */
    public record Header(String name, String value) {}

    public HeaderEdit {
        set = List.copyOf(set);
        add = List.copyOf(add);
        remove = List.copyOf(remove);
    }

    public boolean isNone() {
        return set.isEmpty() && add.isEmpty() && remove.isEmpty();
    }
}
