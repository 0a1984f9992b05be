package dev.weir.routing.compile;

import dev.weir.changes.Image;
import dev.weir.model.Key;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * From objects to route tables. A function of the three images: what is missing is not served, says
 * so in a verdict, and is taken up when it comes.
 *
 * <p>As an object it keeps what it found out about certificates, and what it made the last time.
 * For one caller at a time.
 */
public final class Compile {
    public static final String INGRESS_CONTROLLER = "weir.dev/ingress";
    public static final String GATEWAY_CONTROLLER = "weir.dev/gateway";

    private final Certificates certificates = new Certificates();
    private final Seen seen = new Seen();

    /** Of what was seen; null before the first time. */
    private @Nullable Compiled last;

    /** Whether an object of this key may make a difference. */
    public static boolean looksAt(Key key) {
        return Seen.KINDS.stream().anyMatch(kind -> kind.name().equals(key.kind()));
    }

    /** As a new one would do it. */
    public static Compiled of(Image control, Image endpoint, Image secret) {
        return new Compile().apply(control, endpoint, secret);
    }

    /**
     * What the objects come to; the same one again while nothing but statuses and objects of other
     * kinds changed.
     *
     * @param secret may lack Secrets that nothing refers to
     */
    public Compiled apply(Image control, Image endpoint, Image secret) {
        boolean changed = seen.changed(control, endpoint, secret);
        Compiled before = last;
        Compiled now = before == null || changed ? anew(control, endpoint, secret) : before;
        last = now;
        return now;
    }

    private Compiled anew(Image control, Image endpoint, Image secret) {
        certificates.follow(secret);
        Classes classes = new Classes(control);
        Backends backends = new Backends(endpoint);
        Grants grants = new Grants(control);
        Ingresses.Served ingresses = Ingresses.of(control, classes, backends, certificates);
        Gateways gateways =
                new Gateways(
                        control,
                        classes,
                        new Listeners(IngressService.ports(endpoint), certificates, grants));
        Attachments attachments = new Attachments(control, gateways, backends, grants);
        Map<Integer, GatewayHosts> ports = new TreeMap<>();
        for (Entrance entrance : gateways.all()) {
            if (entrance.serves()) {
                ports.computeIfAbsent(entrance.port(), port -> new GatewayHosts(entrance.tls()))
                        .add(entrance, attachments.at(entrance));
            }
        }
        PortTables tables = new PortTables(ports, ingresses);
        return new Compiled(
                tables.table(),
                tables.services(),
                certificates.asked(),
                new Verdicts(
                        ingresses.verdicts(),
                        classes.gateway(),
                        gateways.verdicts(attachments::count),
                        attachments.verdicts()));
    }
}
