package dev.weir.agent.l7.http;

/**
 * How large a message may be. Each is at least 1.
 *
 * @param head bytes of a head, from its first line to the empty one; more is 431
 * @param target bytes of a request's target; more is 414
 * @param headers fields in a head; more is 431
 * @param chunkLine bytes of the line before a chunk, which has its size and extensions; more is 400
 * @param trailers bytes after the last chunk; more is 431
 * @param body bytes of a request's content; more is 413
 */
public record Limits(int head, int target, int headers, int chunkLine, int trailers, long body) {
    /** 64 KiB, 8 KiB, 100 fields, 256 bytes, 8 KiB, and a body of any size. */
    public static final Limits DEFAULT =
            new Limits(64 << 10, 8 << 10, 100, 256, 8 << 10, Long.MAX_VALUE);

    public Limits {
        if (Math.min(Math.min(head, target), Math.min(headers, chunkLine)) < 1
                || trailers < 1
                || body < 1) {
            throw new IllegalArgumentException("limits must be at least 1");
        }
    }

    /** These, for messages whose body may be of any size. */
    public Limits anyBody() {
        return new Limits(head, target, headers, chunkLine, trailers, Long.MAX_VALUE);
    }
}
