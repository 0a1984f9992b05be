package dev.weir.routing.status;

import com.google.protobuf.Message;
import dev.weir.changes.Image;
import dev.weir.model.Key;
import dev.weir.net.v1.LoadBalancerIngress;
import dev.weir.routing.compile.Compiled;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/** The statuses of Ingresses, GatewayClasses, Gateways and HTTPRoutes. */
public final class Statuses {
    private Statuses() {}

    /**
     * The objects whose status has to change, with the new one; to be written under the condition
     * that they are still as in this image. Once they are, there is nothing more to change.
     *
     * @param compiled of this image
     * @param addresses of the Service in front of the proxies
     * @param now the time of conditions that turn
     */
    public static Map<Key, Message> of(
            Image control,
            Compiled compiled,
            Carried carried,
            List<LoadBalancerIngress> addresses,
            Instant now) {
        return Map.of();
    }
}
