package dev.weir.log.seal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import dev.weir.log.LogException;
import dev.weir.log.TxLog;
import dev.weir.log.TxLogContract;
import dev.weir.log.sqlite.SqliteLogStore;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SealedTxLogTest extends TxLogContract {
    @TempDir Path directory;
    private SqliteLogStore store;
    private Seal seal;

    @BeforeEach
    void openStore() {
        store = SqliteLogStore.open(directory.resolve("log"));
        seal = Seal.of(directory.resolve("secret.key"));
    }

    @AfterEach
    void closeStore() {
        store.close();
    }

    @Override
    protected TxLog open() {
        return new SealedTxLog("secret", store.shard("secret"), seal);
    }

    @Test
    void whatIsSealedOpensOnlyAsWhatItWas() {
        ByteString value = ByteString.copyFromUtf8("the key");

        ByteString sealed = seal.seal("secret", "Secret/a/b", value);

        assertThat(seal.open("secret", "Secret/a/b", sealed)).isEqualTo(value);
        assertThat(sealed.toString(StandardCharsets.ISO_8859_1)).doesNotContain("the key");
        assertThat(seal.seal("secret", "Secret/a/b", value)).isNotEqualTo(sealed);
        assertThatThrownBy(() -> seal.open("secret", "Secret/a/c", sealed))
                .isInstanceOf(LogException.class)
                .hasMessageContaining("restore the key file");
    }

    @Test
    void theKeyIsMadeOnceForItsOwnerOnly() throws IOException {
        Path file = directory.resolve("secret.key");
        ByteString sealed = seal.seal("s", "k", ByteString.copyFromUtf8("v"));

        Seal again = Seal.of(file);

        assertThat(again.open("s", "k", sealed).toStringUtf8()).isEqualTo("v");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
    }

    @Test
    void whoMakesTheKeyAtATimeHasTheSame() throws Exception {
        Path file = directory.resolve("shared.key");
        ByteString value = ByteString.copyFromUtf8("v");
        List<Seal> seals;
        try (var starting = Executors.newVirtualThreadPerTaskExecutor()) {
            seals =
                    starting
                            .invokeAll(Collections.<Callable<Seal>>nCopies(16, () -> Seal.of(file)))
                            .stream()
                            .map(Future::resultNow)
                            .toList();
        }

        ByteString sealed = seals.getFirst().seal("s", "k", value);

        assertThat(seals)
                .allSatisfy(seal -> assertThat(seal.open("s", "k", sealed)).isEqualTo(value));
        try (var left = Files.list(directory)) {
            assertThat(left.map(Path::getFileName).map(Path::toString))
                    .containsExactlyInAnyOrder("log", "secret.key", "shared.key");
        }
    }

    @Test
    void aKeyThatOthersMayReadIsRefusedWithWhatToDo() throws IOException {
        Path file = directory.resolve("secret.key");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r-----"));

        assertThatThrownBy(() -> Seal.of(file)).hasMessageContaining("chmod 600 " + file);
    }

    @Test
    void anotherKeySaysWhatToDo() {
        ByteString sealed = seal.seal("s", "k", ByteString.EMPTY);

        Seal other = Seal.of(directory.resolve("other.key"));

        assertThatThrownBy(() -> other.open("s", "k", sealed))
                .hasMessageContaining("restore the key file");
    }
}
