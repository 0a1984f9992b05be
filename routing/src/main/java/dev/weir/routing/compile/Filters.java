package dev.weir.routing.compile;

import dev.weir.route.v1.HttpHeaderFilter;
import dev.weir.route.v1.HttpRequestRedirectFilter;
import dev.weir.route.v1.HttpRouteFilter;
import dev.weir.routing.HeaderEdit;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * The filters of a rule or of a backend.
 *
 * @param redirect as it was written
 */
record Filters(
        HeaderEdit request, HeaderEdit response, Optional<HttpRequestRedirectFilter> redirect) {
    /** A header's name: a token of RFC 9110, section 5.6.2. */
    private static final Pattern TOKEN = Pattern.compile("[!#$%&'*+.^_`|~0-9A-Za-z-]{1,256}");

    /** A header's value: visible characters, blanks and tabs of ASCII; none that ends a line. */
    private static final Pattern VALUE = Pattern.compile("[\\x20-\\x7e\\t]*");

    /** Headers that delimit messages and connections: RFC 9110, section 7.6.1, and Host. */
    private static final Set<String> NOT_TO_EDIT =
            Set.of(
                    "connection",
                    "content-length",
                    "host",
                    "keep-alive",
                    "proxy-connection",
                    "te",
                    "trailer",
                    "transfer-encoding",
                    "upgrade");

    /**
     * @param unserved takes what of them cannot be served, in words
     */
    static Filters of(List<HttpRouteFilter> filters, List<String> unserved) {
        HeaderEdit request = HeaderEdit.NONE;
        HeaderEdit response = HeaderEdit.NONE;
        Optional<HttpRequestRedirectFilter> redirect = Optional.empty();
        Set<String> seen = new HashSet<>();
        for (HttpRouteFilter filter : filters) {
            if (!seen.add(filter.getType())) {
                unserved.add("Filter " + filter.getType() + " is there twice.");
            }
            switch (filter.getType()) {
                case "RequestHeaderModifier" ->
                        request = edit(filter.getRequestHeaderModifier(), unserved);
                case "ResponseHeaderModifier" ->
                        response = edit(filter.getResponseHeaderModifier(), unserved);
                case "RequestRedirect" -> redirect = Optional.of(filter.getRequestRedirect());
                default -> unserved.add("Filter " + filter.getType() + " is not served.");
            }
        }
        return new Filters(request, response, redirect);
    }

    private static HeaderEdit edit(HttpHeaderFilter filter, List<String> unserved) {
        return new HeaderEdit(
                headers(filter.getSetList(), unserved),
                headers(filter.getAddList(), unserved),
                filter.getRemoveList().stream().filter(name -> named(name, unserved)).toList());
    }

    private static List<HeaderEdit.Header> headers(
            List<dev.weir.route.v1.HttpHeader> headers, List<String> unserved) {
        return headers.stream()
                .filter(header -> named(header.getName(), unserved))
                .filter(header -> valued(header, unserved))
                .map(header -> new HeaderEdit.Header(header.getName(), header.getValue()))
                .toList();
    }

    private static boolean named(String name, List<String> unserved) {
        boolean served =
                TOKEN.matcher(name).matches()
                        && !NOT_TO_EDIT.contains(name.toLowerCase(Locale.ROOT));
        if (!served) {
            unserved.add("Header \"" + name + "\" cannot be edited.");
        }
        return served;
    }

    private static boolean valued(dev.weir.route.v1.HttpHeader header, List<String> unserved) {
        boolean served = VALUE.matcher(header.getValue()).matches();
        if (!served) {
            unserved.add("The value of header \"" + header.getName() + "\" is none.");
        }
        return served;
    }
}
