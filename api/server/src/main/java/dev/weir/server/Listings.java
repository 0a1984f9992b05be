package dev.weir.server;

import dev.weir.changes.Image;
import dev.weir.changes.Stored;
import dev.weir.model.Failure;
import dev.weir.model.Failure.Reason;
import dev.weir.model.Key;
import dev.weir.model.Kind;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * Pages of listings. Every page shows the revision of the first one: the images of the latest
 * listings with a next page are kept, which is cheap because images share what they have in common.
 */
final class Listings {
    /** Objects in a page when the request does not say. */
    static final int DEFAULT_PAGE_SIZE = 500;

    /** More is cut down to this. */
    static final int MAX_PAGE_SIZE = 5_000;

    /** Listings that can be under way at once; the oldest expires. */
    static final int KEPT_IMAGES = 64;

    private final Map<Long, Image> kept =
            new LinkedHashMap<>() {
                private static final long serialVersionUID = 1L;

                @Override
                protected boolean removeEldestEntry(Map.Entry<Long, Image> eldest) {
                    return size() > KEPT_IMAGES;
                }
            };

    record Page(List<Stored> items, String nextToken, long revision, String logId) {}

    Page page(
            Kind kind,
            String namespace,
            Predicate<Stored> filter,
            int size,
            String token,
            Image now) {
        Image image = token.isEmpty() ? now : pinned(token);
        int limit = size <= 0 ? DEFAULT_PAGE_SIZE : Math.min(size, MAX_PAGE_SIZE);
        List<Map.Entry<Key, Stored>> found =
                range(kind, namespace, token, image)
                        .filter(entry -> filter.test(entry.getValue()))
                        .limit(limit + 1L)
                        .toList();
        boolean more = found.size() > limit;
        List<Map.Entry<Key, Stored>> page = more ? found.subList(0, limit) : found;
        String next = "";
        if (more) {
            synchronized (kept) {
                kept.put(image.revision(), image);
            }
            next = encode(image.revision(), page.getLast().getKey());
        }
        return new Page(
                page.stream().map(Map.Entry::getValue).toList(),
                next,
                image.revision(),
                image.logId());
    }

    private static Stream<Map.Entry<Key, Stored>> range(
            Kind kind, String namespace, String token, Image image) {
        Key from = token.isEmpty() ? new Key(kind.name(), namespace, "") : after(decode(token)[1]);
        Key to =
                namespace.isEmpty()
                        ? new Key(kind.name() + "\0", "", "")
                        : new Key(kind.name(), namespace + "\0", "");
        return image.objects().subMap(from, to).entrySet().stream();
    }

    private static Key after(String path) {
        Key last = Key.ofPath(path);
        return new Key(last.kind(), last.namespace(), last.name() + "\0");
    }

    private Image pinned(String token) {
        long revision = Long.parseLong(decode(token)[0]);
        synchronized (kept) {
            Image image = kept.get(revision);
            if (image == null) {
                throw Failure.of(
                                Reason.EXPIRED,
                                "the listing at revision "
                                        + revision
                                        + " is no longer kept; start it again")
                        .asException();
            }
            return image;
        }
    }

    private static String encode(long revision, Key last) {
        return Base64.getUrlEncoder()
                .withoutPadding()
                .encodeToString((revision + " " + last.path()).getBytes(StandardCharsets.UTF_8));
    }

    private static String[] decode(String token) {
        try {
            String text = new String(Base64.getUrlDecoder().decode(token), StandardCharsets.UTF_8);
            if (text.matches("\\d{1,18} [^/]+/[^/]*/[^/]+")) {
                return text.split(" ", 2);
            }
        } catch (IllegalArgumentException notBase64) {
            // Told below like any other token that we did not make.
        }
        throw Failure.of(Reason.BAD_REQUEST, "page_token: not one of this server's").asException();
    }
}
