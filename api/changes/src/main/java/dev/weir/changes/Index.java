package dev.weir.changes;

import com.google.protobuf.Message;
import dev.weir.model.Key;
import dev.weir.model.Kind;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.pcollections.TreePSet;

/**
 * The keys of a kind's objects by terms that each object gives, kept up step by step: a step costs
 * the objects it names.
 *
 * <p>Invariant: after {@link #follow} it covers every object of {@code step.to()} that this step or
 * an earlier one named. For one caller at a time.
 */
public final class Index<M extends Message> {
    private final Kind kind;
    private final Class<M> type;
    private final Function<M, ? extends Collection<String>> terms;
    private final Cursor cursor;
    private final Map<String, TreePSet<Key>> keys = new HashMap<>();
    private final Map<Key, Collection<String>> filed = new HashMap<>();

    public Index(Kind kind, Class<M> type, Function<M, ? extends Collection<String>> terms) {
        this.kind = kind;
        this.type = type;
        this.terms = terms;
        this.cursor = new Cursor(kind.shard());
    }

    /** Goes on to where the step leads. */
    public void follow(Step step) {
        Cursor.Settling settling = cursor.advance(step);
        if (settling.anew()) {
            keys.clear();
            filed.clear();
        }
        settling.keys().keys(kind).forEach(key -> file(key, step.from()));
        step.keys(kind).forEach(key -> file(key, step.to()));
    }

    private void file(Key key, Image image) {
        Collection<String> before = filed.getOrDefault(key, Set.of());
        Collection<String> after = image.find(type, key).map(this::termsOf).orElse(Set.of());
        if (before.equals(after)) {
            return;
        }
        before.forEach(term -> remove(term, key));
        after.forEach(term -> keys.merge(term, TreePSet.singleton(key), TreePSet::plusAll));
        if (after.isEmpty()) {
            filed.remove(key);
        } else {
            filed.put(key, after);
        }
    }

    private Set<String> termsOf(M object) {
        return Set.copyOf(terms.apply(object));
    }

    private void remove(String term, Key key) {
        keys.computeIfPresent(
                term,
                (same, under) -> {
                    TreePSet<Key> left = under.minus(key);
                    return left.isEmpty() ? null : left;
                });
    }

    /** The objects that give the term, in order. */
    public Set<Key> under(String term) {
        return keys.getOrDefault(term, TreePSet.empty());
    }
}
