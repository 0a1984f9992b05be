package dev.weir.routing;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** What a proxy does with a request. */
public sealed interface Action {
    /**
     * Passes it on to one of the shares, at random by weight.
     *
     * @param shares not empty, and not all of weight 0
     * @param request changes to its headers
     * @param response changes to those of the answer
     * @param timeout of the whole exchange; zero for none, empty for the proxy's own
     * @param attemptTimeout of one attempt, likewise
     */
    record Forward(
            List<Share> shares,
            HeaderEdit request,
            HeaderEdit response,
            Optional<Duration> timeout,
            Optional<Duration> attemptTimeout)
            implements Action {
        public Forward {
            shares = List.copyOf(shares);
        }
    }

    /**
     * Sends the client elsewhere. What is empty is as in the request.
     *
     * @param scheme {@code http} or {@code https}
     * @param port empty: the well-known one of the scheme, or without a scheme the listener's
     * @param path empty: as it is
     * @param status 301, 302, 303, 307 or 308
     */
    record Redirect(
            Optional<String> scheme,
            Optional<String> host,
            Optional<Integer> port,
            Optional<PathEdit> path,
            int status,
            HeaderEdit response)
            implements Action {}

    /** Answers at once, with nothing but the status. */
    record Answer(int status) implements Action {}

    /** One part of the traffic. {@code weight} from 0 to 1,000,000. */
    record Share(int weight, Target target, HeaderEdit request, HeaderEdit response) {}

    /** Where a share goes. */
    sealed interface Target {
        /** To the endpoints of a Service; 503 while there are none. */
        record To(ServicePort service) implements Target {}

        /** Nowhere: the reference is wrong. */
        record Fail(int status) implements Target {}
    }

    /** How a redirect's path comes from the request's. */
    sealed interface PathEdit {
        record Full(String path) implements PathEdit {}

        /**
         * @param prefix what the rule matched, as in {@link HostTable#prefix}
         */
        record Prefix(String prefix, String replacement) implements PathEdit {}
    }
}
