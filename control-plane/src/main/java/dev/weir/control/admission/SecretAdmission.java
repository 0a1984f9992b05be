package dev.weir.control.admission;

import com.google.protobuf.ByteString;
import dev.weir.core.v1.Secret;
import dev.weir.model.Failure;
import dev.weir.model.FieldError;
import dev.weir.model.Judgement;
import dev.weir.model.Kinds;
import dev.weir.model.NamespaceState;
import dev.weir.model.check.FieldErrors;
import dev.weir.model.check.Metadata;
import dev.weir.model.check.Names;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;

/** Secrets. What is in them appears in no error. */
public final class SecretAdmission {
    /** Of all values together. */
    static final int MOST_BYTES = 1 << 20;

    static final String OPAQUE = "Opaque";
    static final String TLS = "kubernetes.io/tls";
    private static final List<String> TLS_KEYS = List.of("tls.crt", "tls.key");
    private static final int KEY_LENGTH = 253;
    private static final Pattern KEY = Pattern.compile("[-._a-zA-Z0-9]+");

    private SecretAdmission() {}

    public static Judgement<Secret> admit(
            Optional<Secret> old, Secret requested, NamespaceState namespace) {
        String name = requested.getMetadata().getName();
        Optional<Failure> refusal =
                namespace.refusal(Kinds.SECRET, requested.getMetadata().getNamespace(), name);
        if (old.isEmpty() && refusal.isPresent()) {
            return new Judgement.Refused<>(refusal.get());
        }
        Secret.Builder secret = requested.toBuilder();
        requested
                .getStringDataMap()
                .forEach((key, text) -> secret.putData(key, ByteString.copyFromUtf8(text)));
        secret.clearStringData();
        if (secret.getType().isEmpty()) {
            secret.setType(old.map(Secret::getType).orElse(OPAQUE));
        }
        FieldErrors errors = new FieldErrors();
        Metadata.check(requested.getMetadata(), true, Names::dns1123Subdomain, errors);
        data(secret.getDataMap(), errors);
        if (secret.getType().equals(TLS)) {
            TLS_KEYS.stream()
                    .filter(key -> !secret.containsData(key))
                    .forEach(key -> errors.required("data[" + key + "]", ""));
        }
        old.ifPresent(before -> changes(before, secret, errors));
        return Judgement.of(Kinds.SECRET, name, secret.build(), errors.list());
    }

    private static void data(Map<String, ByteString> data, FieldErrors errors) {
        long size = 0;
        for (var entry : new TreeMap<>(data).entrySet()) {
            String key = entry.getKey();
            String path = "data[" + key + "]";
            if (key.length() > KEY_LENGTH) {
                errors.invalid(path, key, "must be no more than " + KEY_LENGTH + " characters");
            }
            if (!KEY.matcher(key).matches()) {
                errors.invalid(
                        path,
                        key,
                        "a valid config key must consist of alphanumeric characters, '-', '_' or"
                            + " '.' (e.g. 'key.name',  or 'KEY_NAME',  or 'key-name', regex used"
                            + " for validation is '[-._a-zA-Z0-9]+')");
            }
            if (key.equals(".") || key.equals("..")) {
                errors.invalid(path, key, "must not be '" + key + "'");
            } else if (key.startsWith("..")) {
                errors.invalid(path, key, "must not start with '..'");
            }
            size += entry.getValue().size();
        }
        if (size > MOST_BYTES) {
            errors.add(
                    new FieldError(
                            "data", "Too long: may not be more than " + MOST_BYTES + " bytes"));
        }
    }

    private static void changes(Secret before, Secret.Builder secret, FieldErrors errors) {
        if (!before.getType().equals(secret.getType())) {
            errors.invalid("type", secret.getType(), "field is immutable");
        }
        if (before.getImmutable() && !secret.getImmutable()) {
            errors.forbidden("immutable", "field is immutable when `immutable` is set");
        }
        if (before.getImmutable() && !before.getDataMap().equals(secret.getDataMap())) {
            errors.forbidden("data", "field is immutable when `immutable` is set");
        }
    }
}
