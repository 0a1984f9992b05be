package dev.weir.service;

import io.grpc.BindableService;
import io.grpc.ServiceDescriptor;
import java.util.Optional;

/** This process where it is connected to its cluster. */
interface Member extends AutoCloseable {
    /** What has not been read yet, in words; nothing once everything was, and ever after. */
    Optional<String> missing();

    /** Takes part from now on. Nothing is missing. */
    void begin();

    Standing standing();

    /** What carries out the calls of this gRPC service, here or elsewhere. */
    BindableService service(ServiceDescriptor service);

    /** Gives up what others may take over, and then everything else. Bounded. */
    @Override
    void close();
}
