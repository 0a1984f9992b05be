package dev.weir.cli;

import com.google.protobuf.Message;
import dev.weir.core.v1.ObjectMeta;
import dev.weir.model.Manifests;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/**
 * One object, ready to be printed in any format.
 *
 * @param type for {@code -o name}, e.g. {@code service}
 * @param header of the columns
 */
record Shown(
        String type,
        ObjectMeta metadata,
        Map<String, Object> tree,
        List<String> header,
        List<String> cells) {

    static Shown of(Message object, boolean wide, Instant now) {
        return new Shown(
                Resource.typeName(dev.weir.model.Kinds.of(object)),
                Resource.metadata(object),
                Manifests.tree(object),
                Columns.header(object, wide),
                Columns.cells(object, wide, now));
    }

    String name() {
        return type + "/" + metadata.getName();
    }
}
