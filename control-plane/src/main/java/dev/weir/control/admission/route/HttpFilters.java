package dev.weir.control.admission.route;

import dev.weir.model.FieldError;
import dev.weir.model.check.FieldErrors;
import dev.weir.model.check.Names;
import dev.weir.route.v1.HttpHeader;
import dev.weir.route.v1.HttpHeaderFilter;
import dev.weir.route.v1.HttpPathModifier;
import dev.weir.route.v1.HttpRequestRedirectFilter;
import dev.weir.route.v1.HttpRouteFilter;
import dev.weir.route.v1.HttpRouteRule;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/** The filters of an HTTPRoute. */
final class HttpFilters {
    private static final List<String> TYPES =
            List.of(
                    "RequestHeaderModifier",
                    "ResponseHeaderModifier",
                    "RequestMirror",
                    "RequestRedirect",
                    "URLRewrite",
                    "ExtensionRef",
                    "CORS");
    private static final Set<String> REPEATED = Set.of("RequestMirror", "ExtensionRef");
    private static final Set<Integer> REDIRECTS = Set.of(301, 302, 303, 307, 308);

    /** RFC 9110, section 5.1. */
    private static final Pattern HEADER = Pattern.compile("[A-Za-z0-9!#$%&'*+\\-.^_`|~]+");

    private static final Pattern CONTROL = Pattern.compile("[\\x00-\\x08\\x0a-\\x1f\\x7f]");

    private HttpFilters() {}

    static void complete(HttpRouteFilter.Builder filter) {
        if (filter.hasRequestRedirect() && !filter.getRequestRedirect().hasStatusCode()) {
            filter.getRequestRedirectBuilder().setStatusCode(302);
        }
    }

    static void check(String path, HttpRouteRule rule, FieldErrors errors) {
        check(path, rule.getFiltersList(), errors);
        List<HttpRequestRedirectFilter> redirects =
                rule.getFiltersList().stream()
                        .filter(HttpRouteFilter::hasRequestRedirect)
                        .map(HttpRouteFilter::getRequestRedirect)
                        .toList();
        if (!redirects.isEmpty() && rule.getBackendRefsCount() > 0) {
            errors.invalid(
                    path,
                    rule.getName(),
                    "RequestRedirect filter must not be used together with backendRefs");
        }
        boolean onePrefix =
                rule.getMatchesCount() == 1
                        && rule.getMatches(0).getPath().getType().equals("PathPrefix");
        if (!onePrefix && redirects.stream().anyMatch(r -> r.getPath().hasReplacePrefixMatch())) {
            errors.invalid(
                    path,
                    rule.getName(),
                    "When using RequestRedirect filter with path.replacePrefixMatch, exactly one"
                            + " PathPrefix match must be specified");
        }
    }

    static void check(String path, List<HttpRouteFilter> filters, FieldErrors errors) {
        errors.tooMany(path + ".filters", filters.size(), HttpRules.MOST_ITEMS);
        Set<String> types = new HashSet<>();
        for (int i = 0; i < filters.size(); i++) {
            HttpRouteFilter filter = filters.get(i);
            String type = filter.getType();
            String at = path + ".filters[" + i + "]";
            if (!TYPES.contains(type)) {
                errors.add(
                        FieldError.notSupported(at + ".type", type, TYPES.toArray(String[]::new)));
            }
            if (!types.add(type) && !REPEATED.contains(type)) {
                errors.invalid(path + ".filters", type, type + " filter cannot be repeated");
            }
            matching(at, filter, errors);
            if (filter.hasRequestHeaderModifier()) {
                headers(at + ".requestHeaderModifier", filter.getRequestHeaderModifier(), errors);
            }
            if (filter.hasResponseHeaderModifier()) {
                headers(at + ".responseHeaderModifier", filter.getResponseHeaderModifier(), errors);
            }
            if (filter.hasRequestRedirect()) {
                redirect(at + ".requestRedirect", filter.getRequestRedirect(), errors);
            }
        }
        if (types.contains("RequestRedirect") && types.contains("URLRewrite")) {
            errors.invalid(
                    path + ".filters",
                    "RequestRedirect",
                    "May specify either httpRouteFilterRequestRedirect or"
                            + " httpRouteFilterRequestRewrite, but not both");
        }
    }

    private static void matching(String at, HttpRouteFilter filter, FieldErrors errors) {
        together(
                at,
                "requestHeaderModifier",
                "RequestHeaderModifier",
                filter.hasRequestHeaderModifier(),
                filter,
                errors);
        together(
                at,
                "responseHeaderModifier",
                "ResponseHeaderModifier",
                filter.hasResponseHeaderModifier(),
                filter,
                errors);
        together(
                at,
                "requestRedirect",
                "RequestRedirect",
                filter.hasRequestRedirect(),
                filter,
                errors);
    }

    private static void together(
            String at,
            String field,
            String type,
            boolean present,
            HttpRouteFilter filter,
            FieldErrors errors) {
        boolean meant = filter.getType().equals(type);
        if (meant && !present) {
            errors.invalid(
                    at,
                    filter.getType(),
                    "filter." + field + " must be specified for " + type + " filter.type");
        } else if (!meant && present) {
            errors.invalid(
                    at,
                    filter.getType(),
                    "filter." + field + " must be nil if the filter.type is not " + type);
        }
    }

    private static void headers(String at, HttpHeaderFilter filter, FieldErrors errors) {
        values(at + ".set", filter.getSetList(), errors);
        values(at + ".add", filter.getAddList(), errors);
        errors.tooMany(at + ".remove", filter.getRemoveCount(), HttpRules.MOST_ITEMS);
        for (int i = 0; i < filter.getRemoveCount(); i++) {
            headerName(at + ".remove[" + i + "]", filter.getRemove(i), errors);
        }
    }

    private static void values(String at, List<HttpHeader> headers, FieldErrors errors) {
        errors.tooMany(at, headers.size(), HttpRules.MOST_ITEMS);
        for (int i = 0; i < headers.size(); i++) {
            String path = at + "[" + i + "]";
            headerName(path + ".name", headers.get(i).getName(), errors);
            if (CONTROL.matcher(headers.get(i).getValue()).find()) {
                errors.invalid(
                        path + ".value",
                        headers.get(i).getValue(),
                        "must not contain control characters");
            }
        }
    }

    /** The name of a header in a match or a filter. */
    static void headerName(String path, String name, FieldErrors errors) {
        if (!HEADER.matcher(name).matches()) {
            errors.invalid(path, name, "should match '^" + HEADER + "$'");
        }
    }

    private static void redirect(
            String at, HttpRequestRedirectFilter redirect, FieldErrors errors) {
        if (redirect.hasScheme()
                && !redirect.getScheme().equals("http")
                && !redirect.getScheme().equals("https")) {
            errors.add(
                    FieldError.notSupported(at + ".scheme", redirect.getScheme(), "http", "https"));
        }
        if (redirect.hasHostname()) {
            errors.invalid(
                    at + ".hostname",
                    redirect.getHostname(),
                    Names.dns1123Subdomain(redirect.getHostname()));
        }
        if (redirect.hasPort()) {
            errors.invalid(at + ".port", redirect.getPort(), Names.portNumber(redirect.getPort()));
        }
        if (!REDIRECTS.contains(redirect.getStatusCode())) {
            errors.add(
                    FieldError.notSupported(
                            at + ".statusCode",
                            redirect.getStatusCode(),
                            "301",
                            "302",
                            "303",
                            "307",
                            "308"));
        }
        if (redirect.hasPath()) {
            path(at + ".path", redirect.getPath(), errors);
        }
    }

    private static void replaced(
            String at,
            String field,
            String type,
            boolean meant,
            boolean present,
            FieldErrors errors) {
        if (meant && !present) {
            errors.invalid(
                    at, type, field + " must be specified when type is set to '" + type + "'");
        } else if (!meant && present) {
            errors.invalid(at, field, "type must be '" + type + "' when " + field + " is set");
        }
    }

    private static void path(String at, HttpPathModifier path, FieldErrors errors) {
        boolean full = path.getType().equals("ReplaceFullPath");
        boolean prefix = path.getType().equals("ReplacePrefixMatch");
        if (!full && !prefix) {
            errors.add(
                    FieldError.notSupported(
                            at + ".type", path.getType(), "ReplaceFullPath", "ReplacePrefixMatch"));
        }
        replaced(at, "replaceFullPath", "ReplaceFullPath", full, path.hasReplaceFullPath(), errors);
        replaced(
                at,
                "replacePrefixMatch",
                "ReplacePrefixMatch",
                prefix,
                path.hasReplacePrefixMatch(),
                errors);
        String value = path.getReplaceFullPath() + path.getReplacePrefixMatch();
        if (CONTROL.matcher(value).find() || value.indexOf(' ') >= 0) {
            errors.invalid(at, value, "must not contain blanks or control characters");
        }
    }
}
