package dev.weir.agent.cni;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weir.agent.cni.ipam.AttachmentKey;
import java.util.Optional;

/**
 * What the shim prints and exits with.
 *
 * @param created an attachment that was made for this call, to be undone if nobody takes the answer
 */
record CniReply(int exit, String stdout, Optional<AttachmentKey> created) {
    static final CniReply DONE = new CniReply(0, "", Optional.empty());

    static CniReply of(JsonNode result) {
        return new CniReply(0, result + "\n", Optional.empty());
    }

    static CniReply failed(JsonNode error) {
        return new CniReply(1, error + "\n", Optional.empty());
    }

    CniReply creating(AttachmentKey key) {
        return new CniReply(exit, stdout, Optional.of(key));
    }
}
