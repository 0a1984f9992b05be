package dev.weir.server.seat;

import io.grpc.BindableService;
import java.util.List;

/** What a process serves, and does beside it, while it writes a shard. */
public interface Tenure extends AutoCloseable {
    /** The same each time. */
    List<? extends BindableService> services();

    /** Ends what runs beside the calls. The shard is closed after it. */
    @Override
    void close();
}
