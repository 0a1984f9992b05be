package dev.weir.routing.compile;

import dev.weir.route.v1.HttpPathModifier;
import dev.weir.route.v1.HttpRequestRedirectFilter;
import dev.weir.routing.Action;
import dev.weir.routing.Action.PathEdit;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/** RequestRedirect of an HTTPRoute. */
final class Redirects {
    private static final Set<String> SCHEMES = Set.of("http", "https");
    private static final Set<Integer> CODES = Set.of(301, 302, 303, 307, 308);
    private static final int DEFAULT_CODE = 302;
    private static final Pattern HOST = Pattern.compile("[A-Za-z0-9.-]{1,253}");

    /** A path without what would end it, or the line that it is sent in. */
    private static final Pattern PATH = Pattern.compile("[\\x21-\\x7e&&[^?#]]*");

    private Redirects() {}

    /**
     * @param filters with a redirect
     * @param matched the path that leads to it
     */
    static Action of(Filters filters, Matches.Path matched, List<String> unserved) {
        HttpRequestRedirectFilter filter = filters.redirect().orElseThrow();
        int code = filter.hasStatusCode() ? filter.getStatusCode() : DEFAULT_CODE;
        if (!CODES.contains(code)) {
            unserved.add("A redirect with " + code + " is not served.");
        }
        if (filter.hasScheme() && !SCHEMES.contains(filter.getScheme())) {
            unserved.add("A redirect to scheme \"" + filter.getScheme() + "\" is not served.");
        }
        if (filter.hasHostname() && !HOST.matcher(filter.getHostname()).matches()) {
            unserved.add("A redirect to host \"" + filter.getHostname() + "\" is not served.");
        }
        return new Action.Redirect(
                filter.hasScheme() ? Optional.of(filter.getScheme()) : Optional.empty(),
                filter.hasHostname() ? Optional.of(filter.getHostname()) : Optional.empty(),
                filter.hasPort() ? Optional.of(filter.getPort()) : Optional.empty(),
                filter.hasPath() ? path(filter.getPath(), matched, unserved) : Optional.empty(),
                code,
                filters.response());
    }

    private static Optional<PathEdit> path(
            HttpPathModifier modifier, Matches.Path matched, List<String> unserved) {
        if (!PATH.matcher(modifier.getReplaceFullPath()).matches()
                || !PATH.matcher(modifier.getReplacePrefixMatch()).matches()) {
            unserved.add("A redirect's path has characters that a path cannot have.");
        }
        return switch (modifier.getType()) {
            case "ReplaceFullPath" ->
                    Optional.of(new PathEdit.Full(rooted(modifier.getReplaceFullPath())));
            case "ReplacePrefixMatch" -> {
                if (matched.exact()) {
                    unserved.add("ReplacePrefixMatch needs a PathPrefix match.");
                }
                yield Optional.of(
                        new PathEdit.Prefix(
                                matched.path(), rooted(modifier.getReplacePrefixMatch())));
            }
            default -> {
                unserved.add("Path modifier " + modifier.getType() + " is not served.");
                yield Optional.empty();
            }
        };
    }

    /** A path begins with a slash, or it would go on with the host's name. */
    private static String rooted(String path) {
        return path.startsWith("/") ? path : "/" + path;
    }
}
