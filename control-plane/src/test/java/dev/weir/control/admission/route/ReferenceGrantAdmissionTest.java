package dev.weir.control.admission.route;

import static dev.weir.control.admission.Judged.errors;
import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.control.admission.Judged;
import dev.weir.model.NamespaceState;
import dev.weir.route.v1.ReferenceGrant;
import java.util.Collections;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ReferenceGrantAdmissionTest {
    private static final String FROM =
            "{group: gateway.networking.k8s.io, kind: Gateway, namespace: edge}";
    private static final String TO = "{kind: Secret, name: cert}";

    private static ReferenceGrant grant(String spec) {
        return Judged.read(
                ReferenceGrant.class,
                """
                apiVersion: gateway.networking.k8s.io/v1beta1
                kind: ReferenceGrant
                metadata: {name: g, namespace: shop}
                spec: {%s}
                """
                        .formatted(spec));
    }

    private static String judged(String spec, NamespaceState namespace) {
        return errors(ReferenceGrantAdmission.admit(Optional.empty(), grant(spec), namespace));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "from: [FROM], to: [TO]|accepted",
                "from: [FROM], to: [{group: '', kind: Service}]|accepted",
                "''|spec.from: Required value & spec.to: Required value",
                "from: [FROM]|spec.to: Required value",
                "from: [{group: g}], to: [{group: g}]|spec.from[0].kind: Required value &"
                    + " spec.from[0].namespace: Required value & spec.to[0].kind: Required value",
            })
    void needsWhoAndWhat(String spec, String expected) {
        String whole = spec.replace("FROM", FROM).replace("TO", TO);

        assertThat(judged(whole, NamespaceState.ACTIVE)).isEqualTo(expected);
    }

    @Test
    void namesANamespace() {
        String spec = "from: [{kind: Gateway, namespace: a.b}], to: [" + TO + "]";

        assertThat(judged(spec, NamespaceState.ACTIVE))
                .startsWith(
                        "spec.from[0].namespace: Invalid value: \"a.b\": a lowercase RFC 1123"
                                + " label");
    }

    @Test
    void sixteenOfEachAreEnough() {
        String from = String.join(", ", Collections.nCopies(17, FROM));

        assertThat(judged("from: [" + from + "], to: [" + TO + "]", NamespaceState.ACTIVE))
                .isEqualTo("spec.from: Too many: 17: must have at most 16 items");
    }

    @Test
    void needsANamespaceThatStays() {
        String spec = "from: [" + FROM + "], to: [" + TO + "]";

        assertThat(judged(spec, NamespaceState.TERMINATING))
                .startsWith("referencegrants \"g\" is forbidden");
        assertThat(judged(spec, NamespaceState.ABSENT)).isEqualTo("namespaces \"shop\" not found");
    }
}
