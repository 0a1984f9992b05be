package dev.weir.log.seal;

import com.google.protobuf.ByteString;
import dev.weir.log.LogException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Set;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * Seals values with AES-256-GCM (NIST SP 800-38D). A sealed value is a version byte, a random nonce
 * of 12 bytes and the ciphertext with its tag; the shard and the key of the object are
 * authenticated with it, so that a value cannot be passed off as another object's.
 *
 * <p>Nonces are random: fine for 2^32 values under one key.
 */
public final class Seal {
    private static final byte VERSION = 1;
    private static final int KEY_BYTES = 32;
    private static final int NONCE_BYTES = 12;
    private static final int TAG_BITS = 128;
    private static final Set<PosixFilePermission> OWNER_ONLY =
            PosixFilePermissions.fromString("rw-------");

    private final SecretKeySpec key;
    private final SecureRandom random = new SecureRandom();

    private Seal(byte[] key) {
        this.key = new SecretKeySpec(key, "AES");
    }

    /**
     * With the key in this file, 32 bytes, which nobody but its owner may read. A file that is not
     * there is made, with a new key; processes that do so at a time have the same one then.
     *
     * @throws LogException with what to do
     */
    public static Seal of(Path file) {
        try {
            create(file);
            if (!EnumSet.copyOf(OWNER_ONLY).containsAll(Files.getPosixFilePermissions(file))) {
                throw new LogException("others may read the key of the Secrets: chmod 600 " + file);
            }
            byte[] key = Files.readAllBytes(file);
            if (key.length != KEY_BYTES) {
                throw new LogException(
                        "%s has %d bytes, and the key of the Secrets has %d: restore the file that was used before"
                                .formatted(file, key.length, KEY_BYTES));
            }
            return new Seal(key);
        } catch (IOException e) {
            throw new LogException("the key of the Secrets cannot be read: " + e, e);
        }
    }

    private static void create(Path file) throws IOException {
        if (Files.exists(file)) {
            return;
        }
        byte[] key = new byte[KEY_BYTES];
        new SecureRandom().nextBytes(key);
        Path directory = file.toAbsolutePath().getParent();
        Path whole =
                Files.createTempFile(
                        directory,
                        file.getFileName() + ".",
                        ".new",
                        PosixFilePermissions.asFileAttribute(OWNER_ONLY));
        try {
            Files.write(whole, key, StandardOpenOption.WRITE, StandardOpenOption.DSYNC);
            Files.createLink(file, whole);
        } catch (FileAlreadyExistsException other) {
            // Somebody else was first; his key it is.
        } finally {
            Files.delete(whole);
        }
        try (FileChannel entries = FileChannel.open(directory)) {
            entries.force(true);
        }
    }

    ByteString seal(String shard, String object, ByteString value) {
        byte[] nonce = new byte[NONCE_BYTES];
        random.nextBytes(nonce);
        try {
            byte[] sealed =
                    cipher(Cipher.ENCRYPT_MODE, nonce, shard, object).doFinal(value.toByteArray());
            byte[] whole = new byte[1 + NONCE_BYTES + sealed.length];
            whole[0] = VERSION;
            System.arraycopy(nonce, 0, whole, 1, NONCE_BYTES);
            System.arraycopy(sealed, 0, whole, 1 + NONCE_BYTES, sealed.length);
            return ByteString.copyFrom(whole);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("AES-GCM is not to be had here", e);
        }
    }

    /** Throws LogException, with what to do, where the value was not sealed so with this key. */
    public ByteString open(String shard, String object, ByteString sealed) {
        byte[] whole = sealed.toByteArray();
        if (whole.length <= NONCE_BYTES || whole[0] != VERSION) {
            throw new LogException(shard + ": the value of " + object + " is not sealed");
        }
        byte[] nonce = Arrays.copyOfRange(whole, 1, 1 + NONCE_BYTES);
        try {
            return ByteString.copyFrom(
                    cipher(Cipher.DECRYPT_MODE, nonce, shard, object)
                            .doFinal(whole, 1 + NONCE_BYTES, whole.length - 1 - NONCE_BYTES));
        } catch (AEADBadTagException wrong) {
            throw new LogException(
                    "the Secrets cannot be opened with this key: restore the key file that was"
                            + " used before",
                    wrong);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("AES-GCM is not to be had here", e);
        }
    }

    private Cipher cipher(int mode, byte[] nonce, String shard, String object)
            throws GeneralSecurityException {
        Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
        cipher.init(mode, key, new GCMParameterSpec(TAG_BITS, nonce));
        cipher.updateAAD((shard + "\0" + object).getBytes(StandardCharsets.UTF_8));
        return cipher;
    }
}
