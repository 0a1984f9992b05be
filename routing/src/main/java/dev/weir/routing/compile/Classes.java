package dev.weir.routing.compile;

import dev.weir.changes.Image;
import dev.weir.model.Key;
import dev.weir.model.Kinds;
import dev.weir.route.v1.Gateway;
import dev.weir.route.v1.GatewayClass;
import dev.weir.route.v1.Ingress;
import dev.weir.route.v1.IngressClass;
import dev.weir.routing.compile.Verdicts.Finding;
import dev.weir.routing.compile.Verdicts.OfClass;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Which classes are of our controllers. */
final class Classes {
    /** How an Ingress named its class before there was a field for it. */
    static final String LEGACY_CLASS = "kubernetes.io/ingress.class";

    private final Set<String> ingress;
    private final TreeMap<Key, OfClass> gateway = new TreeMap<>();

    Classes(Image control) {
        this.ingress =
                control.all(Kinds.INGRESS_CLASS, IngressClass.class)
                        .filter(c -> c.getSpec().getController().equals(Compile.INGRESS_CONTROLLER))
                        .map(c -> c.getMetadata().getName())
                        .collect(Collectors.toSet());
        control.all(Kinds.GATEWAY_CLASS, GatewayClass.class)
                .filter(c -> c.getSpec().getControllerName().equals(Compile.GATEWAY_CONTROLLER))
                .forEach(c -> gateway.put(key(c.getMetadata().getName()), judge(c)));
    }

    private static OfClass judge(GatewayClass object) {
        return new OfClass(
                object.getSpec().hasParametersRef()
                        ? Finding.no("InvalidParameters", "There are no parameters here.")
                        : Finding.yes("Accepted"));
    }

    /** Whether it names a class of ours: in its field, or without one in the old annotation. */
    boolean serve(Ingress object) {
        String name =
                object.getSpec().hasIngressClassName()
                        ? object.getSpec().getIngressClassName()
                        : object.getMetadata().getAnnotationsOrDefault(LEGACY_CLASS, "");
        return ingress.contains(name);
    }

    /** What became of its class, if that is ours. */
    Optional<OfClass> of(Gateway object) {
        return Optional.ofNullable(gateway.get(key(object.getSpec().getGatewayClassName())));
    }

    TreeMap<Key, OfClass> gateway() {
        return gateway;
    }

    private static Key key(String name) {
        return Kinds.GATEWAY_CLASS.key("", name);
    }
}
