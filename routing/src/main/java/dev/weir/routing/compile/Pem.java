package dev.weir.routing.compile;

import com.google.protobuf.ByteString;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Text with binary blocks in it (RFC 7468). */
final class Pem {
    private static final Pattern BLOCK =
            Pattern.compile("-----BEGIN ([A-Z0-9 ]+)-----([^-]*)-----END \\1-----");
    private static final Base64.Encoder LINES =
            Base64.getMimeEncoder(64, "\n".getBytes(StandardCharsets.US_ASCII));

    private Pem() {}

    /**
     * One block.
     *
     * @param label what follows BEGIN
     */
    record Block(String label, byte[] der) {}

    /** All blocks. Throws IllegalArgumentException for one that is not in base64. */
    static List<Block> read(ByteString text) {
        List<Block> blocks = new ArrayList<>();
        Matcher matcher = BLOCK.matcher(text.toString(StandardCharsets.ISO_8859_1));
        while (matcher.find()) {
            String body = matcher.group(2).replaceAll("\\s", "");
            blocks.add(new Block(matcher.group(1), Base64.getDecoder().decode(body)));
        }
        return blocks;
    }

    static String write(String label, byte[] der) {
        return "-----BEGIN %s-----\n%s\n-----END %s-----\n"
                .formatted(label, LINES.encodeToString(der), label);
    }
}
