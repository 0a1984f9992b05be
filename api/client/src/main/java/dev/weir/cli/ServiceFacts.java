package dev.weir.cli;

import dev.weir.client.WeirClient;
import dev.weir.core.v1.ObjectMeta;
import dev.weir.model.Failure;
import dev.weir.model.FailureException;
import dev.weir.model.Kinds;
import dev.weir.model.Mirrored;
import dev.weir.net.v1.EndpointSlice;
import dev.weir.net.v1.Service;
import dev.weir.node.v1.StatusResponse;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What there is of a Service beside itself.
 *
 * @param endpoints the ENDPOINTS cell of its Endpoints
 * @param slices its own and others that name it
 * @param status what each node has programmed
 */
record ServiceFacts(
        String endpoints, List<EndpointSlice> slices, StatusResponse status, Instant now) {
    static ServiceFacts read(WeirClient client, Service service, Instant now) {
        ObjectMeta metadata = service.getMetadata();
        List<EndpointSlice> slices =
                client
                        .list(
                                Kinds.ENDPOINT_SLICE,
                                metadata.getNamespace(),
                                Mirrored.SERVICE_NAME + "=" + metadata.getName())
                        .items()
                        .stream()
                        .map(EndpointSlice.class::cast)
                        .toList();
        return new ServiceFacts(endpoints(client, metadata, now), slices, client.status(), now);
    }

    private static String endpoints(WeirClient client, ObjectMeta metadata, Instant now) {
        try {
            return EndpointsView.read(
                            client,
                            metadata.getNamespace(),
                            Optional.of(metadata.getName()),
                            "",
                            now)
                    .stream()
                    .map(shown -> shown.cells().get(1))
                    .findFirst()
                    .orElse(Columns.NONE);
        } catch (FailureException e) {
            if (e.failure().reason() == Failure.Reason.NOT_FOUND) {
                return Columns.NONE;
            }
            throw e;
        }
    }
}
