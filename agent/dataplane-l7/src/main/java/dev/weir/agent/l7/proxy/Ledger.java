package dev.weir.agent.l7.proxy;

import dev.weir.agent.l7.http.RequestHead;
import dev.weir.model.Key;
import dev.weir.routing.ServicePort;
import org.jspecify.annotations.Nullable;

/** What is to be written down of one exchange. Owned by the client's event loop. */
final class Ledger {
    final FrontConnection client;
    final String method;
    final String host;
    final String path;

    /** As {@link Worker#now} counts. */
    final long began;

    /** Whose rule it was; null for none. */
    @Nullable Key object;

    /** Null when it did not get so far. */
    @Nullable ServicePort service;

    int attempts;

    /** 0 when the client went before there was one. */
    int status;

    /** Of the request's body, as it came. */
    long bytesIn;

    /** Of the response, with its head. */
    long bytesOut;

    Ledger(FrontConnection client, RequestHead request) {
        this.client = client;
        this.method = request.method();
        this.host = request.host();
        this.path = request.path();
        this.began = client.worker.now();
    }
}
