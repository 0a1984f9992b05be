package dev.weir.changes;

/**
 * Where something stands that follows a shard's steps. It may be asked again for a step, since a
 * step's {@code to} may be ahead of what becomes durable, and for one that does not continue the
 * last. For one caller at a time.
 */
public final class Cursor {
    private Step last;

    public Cursor(String shard) {
        this.last = Step.still(Image.empty(shard));
    }

    /**
     * What to look up in the image where the next step starts, before taking the step in.
     *
     * @param anew forget everything first, and look up the whole image
     * @param keys names the objects: those of the last step, or all
     */
    public record Settling(boolean anew, Step keys) {}

    /** Notes the step as the last one. */
    public Settling advance(Step next) {
        Step taken = last;
        Image from = next.from();
        last = next;
        boolean follows =
                from == taken.from()
                        || from.revision() == taken.delta().revision()
                                && from.logId().equals(taken.delta().logId());
        return follows ? new Settling(false, taken) : new Settling(true, Step.start(from));
    }
}
