package dev.weir.routing.compile;

import com.google.protobuf.util.Timestamps;
import dev.weir.core.v1.ObjectMeta;
import java.util.Comparator;

/** Who was there first. */
final class Age {
    /** By the time of creation; then by namespace and name. */
    static final Comparator<ObjectMeta> OLDEST =
            Comparator.comparing(ObjectMeta::getCreationTimestamp, Timestamps.comparator())
                    .thenComparing(ObjectMeta::getNamespace)
                    .thenComparing(ObjectMeta::getName);

    private Age() {}
}
