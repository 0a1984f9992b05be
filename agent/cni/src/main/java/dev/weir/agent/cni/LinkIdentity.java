package dev.weir.agent.cni;

import dev.weir.agent.cni.ipam.AttachmentKey;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Optional;

/**
 * What a link is called, from nothing but its attachment's key. Names come from a hash, because ids
 * of one runtime begin alike and a StatefulSet's pods reuse their names; the alias tells whose a
 * link really is.
 *
 * @param hostInterface the node's end
 * @param hostMac of the node's end
 * @param podMac of the pod's end, unless the runtime asked for another
 * @param alias of the node's end; at most 255 bytes
 */
record LinkIdentity(String hostInterface, String hostMac, String podMac, String alias) {
    /** What the kernel keeps of an alias, less the closing zero. */
    static final int MAX_ALIAS = 255;

    private static final String ALIAS_PREFIX = "weir:";
    private static final String NAME_PREFIX = "weir";
    private static final int NAME_BYTES = 5;

    static LinkIdentity of(AttachmentKey key) {
        byte[] hash = sha256(key.network() + "|" + key.containerId() + "|" + key.ifname());
        return new LinkIdentity(
                NAME_PREFIX + HexFormat.of().formatHex(hash, 0, NAME_BYTES),
                mac(hash, 8),
                mac(hash, 16),
                ALIAS_PREFIX + key);
    }

    /** Whose link has this alias; empty if it is none of ours. */
    static Optional<AttachmentKey> owner(String alias) {
        String[] parts = alias.split("/", -1);
        return alias.startsWith(ALIAS_PREFIX) && parts.length == 3
                ? Optional.of(
                        new AttachmentKey(
                                parts[0].substring(ALIAS_PREFIX.length()), parts[1], parts[2]))
                : Optional.empty();
    }

    /** Locally administered, unicast (IEEE 802). */
    private static String mac(byte[] hash, int from) {
        return "02:" + HexFormat.ofDelimiter(":").formatHex(hash, from, from + 5);
    }

    private static byte[] sha256(String text) {
        try {
            return MessageDigest.getInstance("SHA-256")
                    .digest(text.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
