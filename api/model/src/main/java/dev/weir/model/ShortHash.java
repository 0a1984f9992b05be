package dev.weir.model;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;

/**
 * Names for derived objects: equal text gives an equal name, on every machine and in every version.
 */
public final class ShortHash {
    /**
     * Of the characters 0-9 and a-z, which is 82 bits: nobody finds a second text for a given name.
     */
    public static final int LENGTH = 16;

    private static final int RADIX = 36;

    private ShortHash() {}

    /** From SHA-256 over the text in UTF-8, as {@value #LENGTH} characters of [0-9a-z]. */
    public static String of(String text) {
        try {
            byte[] digest =
                    MessageDigest.getInstance("SHA-256")
                            .digest(text.getBytes(StandardCharsets.UTF_8));
            BigInteger number =
                    new BigInteger(1, Arrays.copyOf(digest, 16))
                            .mod(BigInteger.valueOf(RADIX).pow(LENGTH));
            String digits = number.toString(RADIX);
            return "0".repeat(LENGTH - digits.length()) + digits;
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
