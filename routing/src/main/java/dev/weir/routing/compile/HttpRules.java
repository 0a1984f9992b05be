package dev.weir.routing.compile;

import dev.weir.model.Key;
import dev.weir.model.Kinds;
import dev.weir.route.v1.HttpBackendRef;
import dev.weir.route.v1.HttpRoute;
import dev.weir.route.v1.HttpRouteMatch;
import dev.weir.route.v1.HttpRouteRule;
import dev.weir.route.v1.HttpRouteTimeouts;
import dev.weir.routing.Action;
import dev.weir.routing.Action.Share;
import dev.weir.routing.Action.Target;
import dev.weir.routing.Rule;
import dev.weir.routing.compile.Backends.Backend;
import dev.weir.routing.compile.Verdicts.Finding;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The rules of one HTTPRoute, wherever it is attached.
 *
 * @param rules empty when something of them cannot be served: then the whole route is not
 * @param accepted that everything can be served
 */
record HttpRules(List<PathRule> rules, Finding accepted, Finding resolvedRefs) {
    /** For traffic whose backend is wrong or missing in the rule. */
    private static final int WRONG = 500;

    private static final int MAX_WEIGHT = 1_000_000;

    /** What a route without rules has. */
    private static final HttpRouteRule DEFAULT_RULE = HttpRouteRule.getDefaultInstance();

    static HttpRules of(HttpRoute object, Backends backends, Grants grants) {
        return new Reading(object, backends, grants).read();
    }

    /** One route, being read. */
    private static final class Reading {
        private final HttpRoute object;
        private final Key key;
        private final Backends backends;
        private final Grants grants;
        private final List<String> unserved = new ArrayList<>();
        private final List<Backend.Lacking> lacking = new ArrayList<>();

        Reading(HttpRoute object, Backends backends, Grants grants) {
            this.object = object;
            this.key = Kinds.HTTP_ROUTE.key(object.getMetadata());
            this.backends = backends;
            this.grants = grants;
        }

        HttpRules read() {
            List<HttpRouteRule> written = object.getSpec().getRulesList();
            List<PathRule> rules = new ArrayList<>();
            if (written.isEmpty()) {
                rules.addAll(rules(DEFAULT_RULE, 0));
            }
            for (int i = 0; i < written.size(); i++) {
                rules.addAll(rules(written.get(i), i));
            }
            return new HttpRules(
                    unserved.isEmpty() ? List.copyOf(rules) : List.of(),
                    unserved.isEmpty()
                            ? Finding.yes("Accepted")
                            : Finding.no("UnsupportedValue", Words.joined(unserved)),
                    lacking.isEmpty()
                            ? Finding.yes("ResolvedRefs")
                            : Finding.no(
                                    lacking.getFirst().reason(),
                                    Words.joined(
                                            lacking.stream()
                                                    .map(Backend.Lacking::message)
                                                    .toList())));
        }

        private List<PathRule> rules(HttpRouteRule rule, int index) {
            Filters filters = Filters.of(rule.getFiltersList(), unserved);
            Optional<Action> forward =
                    filters.redirect().isPresent()
                            ? Optional.empty()
                            : Optional.of(forward(rule, filters));
            if (forward.isEmpty() && rule.getBackendRefsCount() > 0) {
                unserved.add("A rule both redirects and has backends.");
            }
            List<HttpRouteMatch> matches =
                    rule.getMatchesCount() == 0
                            ? List.of(HttpRouteMatch.getDefaultInstance())
                            : rule.getMatchesList();
            List<PathRule> rules = new ArrayList<>();
            for (HttpRouteMatch match : matches) {
                Matches.Path path = Matches.path(match.getPath(), unserved);
                Action action = forward.orElseGet(() -> Redirects.of(filters, path, unserved));
                rules.add(
                        new PathRule(
                                path.exact(),
                                path.path(),
                                new Rule(key, Matches.conditions(match, unserved), action),
                                object.getMetadata(),
                                index));
            }
            return rules;
        }

        private Action forward(HttpRouteRule rule, Filters filters) {
            List<Share> shares =
                    rule.getBackendRefsList().stream()
                            .map(this::share)
                            .filter(share -> share.weight() > 0)
                            .toList();
            HttpRouteTimeouts timeouts = rule.getTimeouts();
            Optional<Duration> whole =
                    timeouts.hasRequest() ? duration(timeouts.getRequest()) : Optional.empty();
            Optional<Duration> attempt =
                    timeouts.hasBackendRequest()
                            ? duration(timeouts.getBackendRequest())
                            : Optional.empty();
            if (whole.filter(Duration::isPositive).isPresent()
                    && attempt.filter(a -> a.compareTo(whole.get()) > 0).isPresent()) {
                unserved.add("A rule gives one attempt more time than the whole request.");
            }
            return shares.isEmpty()
                    ? new Action.Answer(WRONG)
                    : new Action.Forward(
                            shares, filters.request(), filters.response(), whole, attempt);
        }

        private Optional<Duration> duration(String text) {
            Optional<Duration> duration = GatewayDuration.parse(text);
            if (duration.isEmpty()) {
                unserved.add("\"" + text + "\" is no duration.");
            }
            return duration;
        }

        private Share share(HttpBackendRef reference) {
            Filters filters = Filters.of(reference.getFiltersList(), unserved);
            if (filters.redirect().isPresent()) {
                unserved.add("A redirect of one backend is not served.");
            }
            int weight = reference.hasWeight() ? reference.getWeight() : 1;
            if (weight < 0 || weight > MAX_WEIGHT) {
                unserved.add("Weight " + weight + " is not between 0 and " + MAX_WEIGHT + ".");
            }
            Target target =
                    switch (find(reference)) {
                        case Backend.Found(var port) -> new Target.To(port);
                        case Backend.Lacking wrong -> {
                            lacking.add(wrong);
                            yield new Target.Fail(WRONG);
                        }
                    };
            return new Share(weight, target, filters.request(), filters.response());
        }

        private Backend find(HttpBackendRef reference) {
            boolean service =
                    reference.getGroup().isEmpty()
                            && (!reference.hasKind() || reference.getKind().equals("Service"));
            if (!service) {
                return new Backend.Lacking(
                        "InvalidKind",
                        "%s %s is no Service; only Services are served."
                                .formatted(reference.getKind(), reference.getName()));
            }
            Key to =
                    Kinds.SERVICE.key(
                            reference.getNamespace().isEmpty()
                                    ? key.namespace()
                                    : reference.getNamespace(),
                            reference.getName());
            if (!grants.permit(key, to)) {
                return new Backend.Lacking(
                        "RefNotPermitted",
                        "No ReferenceGrant in %s lets %s refer to %s."
                                .formatted(to.namespace(), key, to));
            }
            return backends.byNumber(to.namespace(), to.name(), reference.getPort());
        }
    }
}
