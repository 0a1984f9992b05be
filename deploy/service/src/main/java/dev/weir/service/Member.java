package dev.weir.service;

import io.grpc.ServerServiceDefinition;
import java.util.Optional;

/** This process where it is connected to its cluster. */
interface Member extends AutoCloseable {
    /** What has not been read yet, in words; nothing once everything was, and ever after. */
    Optional<String> missing();

    Standing standing();

    /** What carries out the calls of this gRPC service, here or elsewhere. */
    ServerServiceDefinition service(String name);

    /** Gives up what others may take over, and then everything else. Bounded. */
    @Override
    void close();
}
