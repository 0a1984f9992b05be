package dev.weir.control.admission.route;

import dev.weir.model.FieldError;
import dev.weir.model.check.FieldErrors;
import dev.weir.model.check.Names;
import dev.weir.route.v1.HttpBackendRef;
import dev.weir.route.v1.HttpPathMatch;
import dev.weir.route.v1.HttpRouteMatch;
import dev.weir.route.v1.HttpRouteRule;
import dev.weir.route.v1.HttpRouteTimeouts;
import dev.weir.routing.compile.GatewayDuration;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
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

    private static final Pattern PATH =
            Pattern.compile("^(?:[-A-Za-z0-9/._~!$&'()*+,;=:@]|[%][0-9a-fA-F]{2})+$");

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
        timeouts(path + ".timeouts", rule.getTimeouts(), errors);
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
                String types = "['Exact', 'PathPrefix']";
                String when = " when type one of " + types;
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
                if (!PATH.matcher(value).matches()) {
                    errors.invalid(
                            at,
                            value,
                            "must only contain valid characters (matching "
                                    + PATH
                                    + ") for types "
                                    + types);
                }
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

    private static void timeouts(String path, HttpRouteTimeouts timeouts, FieldErrors errors) {
        Optional<Duration> whole = duration(path + ".request", timeouts.getRequest(), errors);
        Optional<Duration> attempt =
                duration(path + ".backendRequest", timeouts.getBackendRequest(), errors);
        if (whole.isPresent()
                && attempt.isPresent()
                && whole.get().isPositive()
                && attempt.get().compareTo(whole.get()) > 0) {
            errors.invalid(
                    path,
                    timeouts.getBackendRequest(),
                    "backendRequest timeout cannot be longer than request timeout");
        }
    }

    /** Empty also for a text that is none, which is an error. */
    private static Optional<Duration> duration(String path, String text, FieldErrors errors) {
        Optional<Duration> duration = GatewayDuration.parse(text);
        if (!text.isEmpty() && duration.isEmpty()) {
            errors.invalid(path, text, "should match '^" + GatewayDuration.WHOLE + "$'");
        }
        return duration;
    }
}
