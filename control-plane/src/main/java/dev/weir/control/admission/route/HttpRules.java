package dev.weir.control.admission.route;

import dev.weir.model.FieldError;
import dev.weir.model.check.FieldErrors;
import dev.weir.model.check.Names;
import dev.weir.route.v1.HttpBackendRef;
import dev.weir.route.v1.HttpPathMatch;
import dev.weir.route.v1.HttpRouteMatch;
import dev.weir.route.v1.HttpRouteRule;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The rules of an HTTPRoute: matches, timeouts, backends. */
final class HttpRules {
    static final int MOST_MATCHES = 64;
    static final int MOST_ITEMS = 16;
    static final int MOST_WEIGHT = 1_000_000;
    private static final List<String> METHODS =
            List.of("GET", "HEAD", "POST", "PUT", "DELETE", "CONNECT", "OPTIONS", "TRACE", "PATCH");
    private static final List<String> AMBIGUOUS =
            Stream.concat(IngressPaths.AMBIGUOUS.stream(), Stream.of("#")).toList();

    /** GEP-2257. */
    private static final Pattern DURATION = Pattern.compile("([0-9]{1,5}(h|m|s|ms)){1,4}");

    private HttpRules() {}

    static void complete(HttpRouteRule.Builder rule) {
        if (rule.getMatchesCount() == 0) {
            rule.addMatchesBuilder();
        }
        for (HttpRouteMatch.Builder match : rule.getMatchesBuilderList()) {
            HttpPathMatch.Builder path = match.getPathBuilder();
            path.setType(path.hasType() ? path.getType() : "PathPrefix");
            path.setValue(path.hasValue() ? path.getValue() : "/");
            match.getHeadersBuilderList()
                    .forEach(h -> h.setType(h.hasType() ? h.getType() : "Exact"));
            match.getQueryParamsBuilderList()
                    .forEach(q -> q.setType(q.hasType() ? q.getType() : "Exact"));
        }
        rule.getFiltersBuilderList().forEach(HttpFilters::complete);
        for (HttpBackendRef.Builder backend : rule.getBackendRefsBuilderList()) {
            backend.setGroup(backend.getGroup());
            backend.setKind(backend.hasKind() ? backend.getKind() : "Service");
            backend.setWeight(backend.hasWeight() ? backend.getWeight() : 1);
            backend.getFiltersBuilderList().forEach(HttpFilters::complete);
        }
    }

    static void check(String path, HttpRouteRule rule, FieldErrors errors) {
        errors.tooMany(path + ".matches", rule.getMatchesCount(), MOST_MATCHES);
        for (int i = 0; i < rule.getMatchesCount(); i++) {
            match(path + ".matches[" + i + "]", rule.getMatches(i), errors);
        }
        HttpFilters.check(path, rule, errors);
        errors.tooMany(path + ".backendRefs", rule.getBackendRefsCount(), MOST_ITEMS);
        for (int i = 0; i < rule.getBackendRefsCount(); i++) {
            backend(path + ".backendRefs[" + i + "]", rule.getBackendRefs(i), errors);
        }
        duration(path + ".timeouts.request", rule.getTimeouts().getRequest(), errors);
        duration(path + ".timeouts.backendRequest", rule.getTimeouts().getBackendRequest(), errors);
    }

    private static void match(String path, HttpRouteMatch match, FieldErrors errors) {
        path(path + ".path", match.getPath(), errors);
        if (match.hasMethod() && !METHODS.contains(match.getMethod())) {
            errors.add(
                    FieldError.notSupported(
                            path + ".method", match.getMethod(), METHODS.toArray(String[]::new)));
        }
        errors.tooMany(path + ".headers", match.getHeadersCount(), MOST_ITEMS);
        errors.tooMany(path + ".queryParams", match.getQueryParamsCount(), MOST_ITEMS);
        Set<String> names = new HashSet<>();
        for (int i = 0; i < match.getHeadersCount(); i++) {
            var header = match.getHeaders(i);
            String at = path + ".headers[" + i + "]";
            HttpFilters.headerName(at + ".name", header.getName(), errors);
            type(at + ".type", header.getType(), errors);
            if (!names.add(header.getName())) {
                errors.add(FieldError.duplicate(at, header.getName()));
            }
        }
        names.clear();
        for (int i = 0; i < match.getQueryParamsCount(); i++) {
            var param = match.getQueryParams(i);
            String at = path + ".queryParams[" + i + "]";
            if (param.getName().isEmpty()) {
                errors.required(at + ".name", "");
            }
            type(at + ".type", param.getType(), errors);
            if (!names.add(param.getName())) {
                errors.add(FieldError.duplicate(at, param.getName()));
            }
        }
    }

    private static void type(String path, String type, FieldErrors errors) {
        if (!type.equals("Exact") && !type.equals("RegularExpression")) {
            errors.add(FieldError.notSupported(path, type, "Exact", "RegularExpression"));
        }
    }

    private static void path(String at, HttpPathMatch match, FieldErrors errors) {
        String type = match.getType();
        String value = match.getValue();
        switch (type) {
            case "Exact", "PathPrefix" -> {
                String when = " when type one of ['Exact', 'PathPrefix']";
                if (!value.startsWith("/")) {
                    errors.invalid(
                            at, value, "value must be an absolute path and start with '/'" + when);
                }
                AMBIGUOUS.stream()
                        .filter(value::contains)
                        .forEach(
                                part ->
                                        errors.invalid(
                                                at,
                                                value,
                                                "must not contain '" + part + "'" + when));
                IngressPaths.AMBIGUOUS_ENDS.stream()
                        .filter(value::endsWith)
                        .forEach(
                                end ->
                                        errors.invalid(
                                                at,
                                                value,
                                                "must not end with '" + end + "'" + when));
            }
            case "RegularExpression" -> {}
            default ->
                    errors.add(
                            FieldError.notSupported(
                                    at + ".type",
                                    type,
                                    "Exact",
                                    "PathPrefix",
                                    "RegularExpression"));
        }
    }

    private static void backend(String path, HttpBackendRef backend, FieldErrors errors) {
        if (backend.getName().isEmpty()) {
            errors.required(path + ".name", "");
        }
        boolean service = backend.getGroup().isEmpty() && backend.getKind().equals("Service");
        if (service && !backend.hasPort()) {
            errors.invalid(path, backend.getName(), "Must have port for Service reference");
        }
        if (backend.hasPort()) {
            errors.invalid(path + ".port", backend.getPort(), Names.portNumber(backend.getPort()));
        }
        if (backend.getWeight() < 0 || backend.getWeight() > MOST_WEIGHT) {
            errors.invalid(
                    path + ".weight",
                    backend.getWeight(),
                    "must be between 0 and " + MOST_WEIGHT + ", inclusive");
        }
        HttpFilters.check(path, backend.getFiltersList(), errors);
    }

    private static void duration(String path, String text, FieldErrors errors) {
        if (!text.isEmpty() && !DURATION.matcher(text).matches()) {
            errors.invalid(path, text, "should match '^" + DURATION + "$'");
        }
    }
}
