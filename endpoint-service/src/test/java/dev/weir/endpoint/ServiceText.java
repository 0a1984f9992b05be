package dev.weir.endpoint;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.model.Manifests;
import dev.weir.net.v1.Service;

/** Services as a manifest has them. */
public final class ServiceText {
    private ServiceText() {}

    /**
     * @param annotations in YAML, as is the spec
     */
    public static Service read(String namespace, String name, String annotations, String spec) {
        var parsed =
                Manifests.parse(
                        "test",
                        "{apiVersion: v1, kind: Service, metadata: {name: %s, namespace: %s,"
                                        .formatted(name, namespace)
                                + " annotations: "
                                + annotations
                                + "}, spec: "
                                + spec
                                + "}");
        assertThat(parsed.problems()).isEmpty();
        return (Service) parsed.manifests().getFirst().object();
    }
}
