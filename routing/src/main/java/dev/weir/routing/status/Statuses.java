package dev.weir.routing.status;

import com.google.protobuf.Message;
import dev.weir.changes.Image;
import dev.weir.changes.Stored;
import dev.weir.model.Key;
import dev.weir.model.Kinds;
import dev.weir.net.v1.LoadBalancerIngress;
import dev.weir.route.v1.Gateway;
import dev.weir.route.v1.GatewayClass;
import dev.weir.route.v1.HttpRoute;
import dev.weir.route.v1.Ingress;
import dev.weir.routing.compile.Compiled;
import dev.weir.routing.compile.Verdicts;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** The statuses of Ingresses, GatewayClasses, Gateways and HTTPRoutes. */
public final class Statuses {
    private final Image control;
    private final Verdicts verdicts;
    private final Programming programming;
    private final Map<Key, Message> changed = new TreeMap<>();

    private Statuses(Image control, Verdicts verdicts, Programming programming) {
        this.control = control;
        this.verdicts = verdicts;
        this.programming = programming;
    }

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
        Statuses statuses =
                new Statuses(
                        control, compiled.verdicts(), new Programming(carried, addresses, now));
        statuses.ingresses();
        statuses.classes();
        statuses.gateways();
        statuses.routes();
        return Collections.unmodifiableMap(statuses.changed);
    }

    private void ingresses() {
        control.all(Kinds.INGRESS, Ingress.class)
                .forEach(
                        object -> {
                            Key key = Kinds.INGRESS.key(object.getMetadata());
                            var status =
                                    IngressStatuses.of(
                                            stored(key),
                                            Optional.ofNullable(verdicts.ingresses().get(key)),
                                            programming);
                            if (!status.equals(object.getStatus())) {
                                changed.put(key, object.toBuilder().setStatus(status).build());
                            }
                        });
    }

    private void classes() {
        verdicts.classes()
                .forEach(
                        (key, verdict) -> {
                            GatewayClass object = (GatewayClass) stored(key).value();
                            var status = GatewayStatuses.of(object, verdict, programming);
                            if (!status.equals(object.getStatus())) {
                                changed.put(key, object.toBuilder().setStatus(status).build());
                            }
                        });
    }

    private void gateways() {
        verdicts.gateways()
                .forEach(
                        (key, verdict) -> {
                            Gateway object = (Gateway) stored(key).value();
                            var status = GatewayStatuses.of(stored(key), verdict, programming);
                            if (!status.equals(object.getStatus())) {
                                changed.put(key, object.toBuilder().setStatus(status).build());
                            }
                        });
    }

    private void routes() {
        control.all(Kinds.HTTP_ROUTE, HttpRoute.class)
                .forEach(
                        object -> {
                            Key key = Kinds.HTTP_ROUTE.key(object.getMetadata());
                            var status =
                                    RouteStatuses.of(
                                            control,
                                            stored(key),
                                            Optional.ofNullable(verdicts.routes().get(key)),
                                            programming);
                            if (!status.equals(object.getStatus())) {
                                changed.put(key, object.toBuilder().setStatus(status).build());
                            }
                        });
    }

    private Stored stored(Key key) {
        return control.get(key).orElseThrow();
    }
}
