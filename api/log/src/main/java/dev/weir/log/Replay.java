package dev.weir.log;

import com.google.protobuf.ByteString;
import com.google.protobuf.Message;
import dev.weir.changes.Image;
import dev.weir.changes.Stored;
import dev.weir.model.Key;
import java.util.Optional;
import org.pcollections.TreePMap;

/** What a claimed log holds. */
record Replay(Image image, RecentRequests requests) {

    static Replay of(String shard, TxLog log) {
        Builder builder = new Builder();
        Head head = log.replay(builder);
        return new Replay(
                new Image(shard, head.logId(), head.revision(), head.after(), builder.objects),
                builder.requests);
    }

    private static final class Builder implements TxLog.Handler {
        private TreePMap<Key, Stored> objects = TreePMap.empty();
        private final RecentRequests requests = new RecentRequests();

        @Override
        public void record(long revision, String path, Optional<ByteString> value) {
            Key key = Key.ofPath(path);
            if (value.isPresent()) {
                Message object = Records.decode(key, value.get());
                objects = objects.plus(key, new Stored(object, revision));
            } else {
                objects = objects.minus(key);
            }
        }

        @Override
        public void request(long revision, String requestId) {
            requests.add(revision, requestId);
        }
    }
}
