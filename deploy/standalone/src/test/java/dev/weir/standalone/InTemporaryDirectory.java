package dev.weir.standalone;

import io.quarkus.test.junit.QuarkusTestProfile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.util.Map;

/** A fresh installation. */
public final class InTemporaryDirectory implements QuarkusTestProfile {
    @Override
    public Map<String, String> getConfigOverrides() {
        try {
            return Map.of("weir.data", Files.createTempDirectory("weir").toString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
