package dev.weir.routing;

import org.jspecify.annotations.Nullable;

/** What routing looks at in a request. */
public interface Request {
    /** As sent, e.g. {@code GET}. */
    String method();

    /** Of the target, up to the question mark; begins with a slash. */
    String path();

    /** What follows the question mark; empty if nothing does. */
    String query();

    /**
     * The value of a header.
     *
     * @param name in lower case
     * @return several of one name with a comma and a blank between them; null when there is none
     */
    @Nullable String header(String name);
}
