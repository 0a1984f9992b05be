package dev.weir.endpoint.lease;

import dev.weir.model.Key;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeSet;

/**
 * When to look at which slice next. A renewal does not move it: whoever looks sees that there is
 * time left, and asks to be reminded again. So a slice costs something once in a term.
 *
 * <p>For one thread.
 */
final class Timetable {
    private final Map<Key, Long> times = new HashMap<>();
    private final TreeSet<Reminder> order =
            new TreeSet<>(Comparator.comparingLong(Reminder::at).thenComparing(Reminder::key));

    private record Reminder(long at, Key key) {}

    /** Looks at the slice at that time, or earlier if that is planned already. */
    void remind(Key key, long at) {
        Long planned = times.get(key);
        if (planned == null || planned > at) {
            forget(key);
            times.put(key, at);
            order.add(new Reminder(at, key));
        }
    }

    void forget(Key key) {
        Long planned = times.remove(key);
        if (planned != null) {
            order.remove(new Reminder(planned, key));
        }
    }

    OptionalLong next() {
        return order.isEmpty() ? OptionalLong.empty() : OptionalLong.of(order.first().at());
    }

    /** Takes out what is to be looked at by now. */
    List<Key> due(long now, int most) {
        List<Key> due = new ArrayList<>();
        while (due.size() < most && !order.isEmpty() && order.first().at() <= now) {
            Key key = order.first().key();
            forget(key);
            due.add(key);
        }
        return due;
    }
}
