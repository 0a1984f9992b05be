package dev.weir.control.admission;

import static dev.weir.control.admission.Judged.accepted;
import static dev.weir.control.admission.Judged.errors;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.weir.core.v1.Secret;
import dev.weir.model.Judgement;
import dev.weir.model.NamespaceState;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SecretAdmissionTest {
    /** As nothing else in an object here. */
    private static final String CONTENT = "S3CRET";

    private static final String KEY_RULE =
            "a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g."
                    + " 'key.name',  or 'KEY_NAME',  or 'key-name', regex used for validation is"
                    + " '[-._a-zA-Z0-9]+')";

    private static Secret secret(String fields) {
        return Judged.read(
                Secret.class,
                """
                apiVersion: v1
                kind: Secret
                metadata: {name: s, namespace: shop}
                """
                        + fields);
    }

    private static Judgement<Secret> create(Secret secret) {
        return SecretAdmission.admit(Optional.empty(), secret, NamespaceState.ACTIVE);
    }

    private static Judgement<Secret> update(Secret old, Secret secret) {
        return SecretAdmission.admit(Optional.of(old), secret, NamespaceState.ACTIVE);
    }

    private static Map<String, String> texts(Secret secret) {
        Map<String, String> texts = new TreeMap<>();
        secret.getDataMap().forEach((key, value) -> texts.put(key, value.toStringUtf8()));
        return texts;
    }

    @Test
    void writesTextsIntoTheDataAndKeepsThemNowhereElse() {
        Secret made =
                accepted(create(secret("data: {a: YQ==, b: Yg==}\nstringData: {b: é, c: c}")));

        assertThat(texts(made)).isEqualTo(Map.of("a", "a", "b", "é", "c", "c"));
        assertThat(made.getStringDataMap()).isEmpty();
        assertThat(made.getType()).isEqualTo("Opaque");
    }

    @Test
    void keepsATypeThatIsNotRepeated() {
        Secret old = accepted(create(secret("type: example.com/own\ndata: {a: YQ==}")));

        Secret made = accepted(update(old, secret("stringData: {a: b}")));

        assertThat(made.getType()).isEqualTo("example.com/own");
        assertThat(texts(made)).isEqualTo(Map.of("a", "b"));
        assertThat(errors(update(old, secret("type: Opaque"))))
                .isEqualTo("type: Invalid value: \"Opaque\": field is immutable");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{type: kubernetes.io/tls, stringData: {tls.crt: S3CRET, tls.key:"
                        + " S3CRET}}|accepted",
                "{type: kubernetes.io/tls, data: {tls.crt: '', tls.key: ''}}|accepted",
                "{type: kubernetes.io/tls, stringData: {tls.key: S3CRET}}"
                        + "|data[tls.crt]: Required value",
                "{type: kubernetes.io/tls}"
                        + "|data[tls.crt]: Required value & data[tls.key]: Required value",
                "{stringData: {a/b: S3CRET}}|data[a/b]: Invalid value: \"a/b\": KEY_RULE",
                "{stringData: {.: S3CRET}}|data[.]: Invalid value: \".\": must not be '.'",
                "{stringData: {..: S3CRET}}|data[..]: Invalid value: \"..\": must not be '..'",
                "{stringData: {..a: S3CRET}}"
                        + "|data[..a]: Invalid value: \"..a\": must not start with '..'",
                "{stringData: {.a: S3CRET}}|accepted",
            })
    void judgesKeysAndWordsItAsKubernetes(String fields, String expected) {
        String yaml = fields.substring(1, fields.length() - 1);
        Secret secret =
                Judged.read(
                        Secret.class,
                        "{apiVersion: v1, kind: Secret, metadata: {name: s, namespace: shop}, "
                                + yaml
                                + "}");

        assertThat(errors(create(secret))).isEqualTo(expected.replace("KEY_RULE", KEY_RULE));
    }

    @Test
    void aSecretThatIsImmutableStaysAsItIs() {
        Secret old = accepted(create(secret("immutable: true\nstringData: {a: " + CONTENT + "}")));
        Secret.Builder labelled = old.toBuilder();
        labelled.getMetadataBuilder().putLabels("a", "b");

        assertThat(errors(update(old, labelled.build()))).isEqualTo("accepted");
        assertThat(errors(update(old, secret("immutable: true\nstringData: {a: other}"))))
                .isEqualTo("data: Forbidden: field is immutable when `immutable` is set");
        assertThat(errors(update(old, secret("stringData: {a: " + CONTENT + "}"))))
                .isEqualTo("immutable: Forbidden: field is immutable when `immutable` is set");
    }

    @Test
    void takesAMebibyteAndNotMore() {
        ByteString most = ByteString.copyFrom(new byte[SecretAdmission.MOST_BYTES]);
        Secret secret = secret("").toBuilder().putData("a", most).build();

        assertThat(errors(create(secret))).isEqualTo("accepted");
        assertThat(errors(create(secret.toBuilder().putStringData("b", "x").build())))
                .isEqualTo("data: Too long: may not be more than 1048576 bytes");
    }

    @Test
    void needsANamespaceThatStays() {
        Secret secret = secret("stringData: {a: " + CONTENT + "}");

        assertThat(errors(SecretAdmission.admit(Optional.empty(), secret, NamespaceState.ABSENT)))
                .isEqualTo("namespaces \"shop\" not found");
        assertThat(
                        errors(
                                SecretAdmission.admit(
                                        Optional.empty(), secret, NamespaceState.TERMINATING)))
                .startsWith("secrets \"s\" is forbidden: unable to create new content");
        assertThat(
                        errors(
                                SecretAdmission.admit(
                                        Optional.of(secret), secret, NamespaceState.TERMINATING)))
                .isEqualTo("accepted");
    }

    /** Whatever is wrong, what is in it is not said. */
    @Test
    void noErrorHasContent() {
        Secret old = accepted(create(secret("immutable: true\nstringData: {a: " + CONTENT + "0}")));
        Secret wrong =
                secret("type: kubernetes.io/tls\nstringData: {a/b: " + CONTENT + "}").toBuilder()
                        .putData("..", ByteString.copyFrom(new byte[SecretAdmission.MOST_BYTES]))
                        .putData("x".repeat(254), ByteString.copyFromUtf8(CONTENT))
                        .build();

        String errors = errors(update(old, wrong));

        assertThat(errors.split(" & ")).hasSize(9);
        assertThat(errors).doesNotContain(CONTENT);
    }
}
