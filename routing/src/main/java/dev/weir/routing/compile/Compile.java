package dev.weir.routing.compile;

import dev.weir.changes.Image;
import dev.weir.routing.RouteTable;
import java.util.Set;

/**
 * From objects to route tables. A function of the three images: what is missing is not served, says
 * so in a verdict, and is taken up when it comes.
 *
 * <p>Keeps what it found out about certificates, and no other state. For one caller at a time.
 */
public final class Compile {
    public static final String INGRESS_CONTROLLER = "weir.dev/ingress";
    public static final String GATEWAY_CONTROLLER = "weir.dev/gateway";

    private final Certificates certificates = new Certificates();

    /** As a new one would do it. */
    public static Compiled of(Image control, Image endpoint, Image secret) {
        return new Compile().apply(control, endpoint, secret);
    }

    public Compiled apply(Image control, Image endpoint, Image secret) {
        certificates.follow(secret);
        Classes classes = new Classes(control);
        Backends backends = new Backends(endpoint);
        Ingresses.Served ingresses = Ingresses.of(control, classes, backends, certificates);
        return new Compiled(RouteTable.EMPTY, Set.of(), certificates.asked(), Verdicts.NONE);
    }
}
