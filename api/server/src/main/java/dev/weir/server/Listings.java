package dev.weir.server;

import dev.weir.changes.Image;
import dev.weir.changes.Stored;
import dev.weir.model.Failure;
import dev.weir.model.Failure.Reason;
import dev.weir.model.FailureException;
import dev.weir.model.Key;
import dev.weir.model.Kind;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

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
        Optional<Token> rest = token.isEmpty() ? Optional.empty() : Optional.of(Token.parse(token));
        Image image = rest.isPresent() ? pinned(rest.get().of(kind, namespace, now.logId())) : now;
        int limit = size <= 0 ? DEFAULT_PAGE_SIZE : Math.min(size, MAX_PAGE_SIZE);
        Key from = rest.map(Token::next).orElseGet(() -> new Key(kind.name(), namespace, ""));
        Key to =
                namespace.isEmpty()
                        ? new Key(kind.name() + "\0", "", "")
                        : new Key(kind.name(), namespace + "\0", "");
        List<Map.Entry<Key, Stored>> found =
                image.objects().subMap(from, to).entrySet().stream()
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
            next = new Token(image.logId(), image.revision(), page.getLast().getKey()).text();
        }
        return new Page(
                page.stream().map(Map.Entry::getValue).toList(),
                next,
                image.revision(),
                image.logId());
    }

    private Image pinned(Token token) {
        synchronized (kept) {
            Image image = kept.get(token.revision());
            if (image == null) {
                throw Failure.of(
                                Reason.EXPIRED,
                                "the listing at revision "
                                        + token.revision()
                                        + " is no longer kept; start it again")
                        .asException();
            }
            return image;
        }
    }

    /** Where a listing goes on. */
    private record Token(String logId, long revision, Key last) {
        private static final Pattern TEXT =
                Pattern.compile("([^ ]+) (\\d{1,18}) ([^/]+/[^/]*/[^/]+)");

        String text() {
            return Base64.getUrlEncoder()
                    .withoutPadding()
                    .encodeToString(
                            (logId + " " + revision + " " + last.path())
                                    .getBytes(StandardCharsets.UTF_8));
        }

        static Token parse(String token) {
            try {
                Matcher text =
                        TEXT.matcher(
                                new String(
                                        Base64.getUrlDecoder().decode(token),
                                        StandardCharsets.UTF_8));
                if (text.matches()) {
                    return new Token(
                            text.group(1),
                            Long.parseLong(text.group(2)),
                            Key.ofPath(text.group(3)));
                }
            } catch (IllegalArgumentException notBase64) {
                // Told below like any other token that we did not make.
            }
            throw foreign();
        }

        /** This token, if it is of such a listing. */
        Token of(Kind kind, String namespace, String log) {
            boolean same =
                    logId.equals(log)
                            && last.kind().equals(kind.name())
                            && (namespace.isEmpty() || last.namespace().equals(namespace));
            if (!same) {
                throw foreign();
            }
            return this;
        }

        /** Before every key that comes after the last one. */
        Key next() {
            return new Key(last.kind(), last.namespace(), last.name() + "\0");
        }

        private static FailureException foreign() {
            return Failure.of(
                            Reason.BAD_REQUEST,
                            "page_token: not from a listing like this one of this server")
                    .asException();
        }
    }
}
