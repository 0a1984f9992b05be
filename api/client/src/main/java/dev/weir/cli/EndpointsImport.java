package dev.weir.cli;

import com.google.protobuf.Message;
import dev.weir.changes.Frontier;
import dev.weir.client.WeirClient;
import dev.weir.client.WriteOptions;
import dev.weir.model.Failure;
import dev.weir.model.FailureException;
import dev.weir.model.Judgement;
import dev.weir.model.Key;
import dev.weir.model.Kinds;
import dev.weir.model.Mirrored;
import dev.weir.net.v1.EndpointSlice;
import dev.weir.net.v1.Endpoints;
import dev.weir.net.v1.Service;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Writes Endpoints as the EndpointSlices that they are stored as. Slices that were made of an
 * earlier version and are no more go last, so what stays is served throughout.
 *
 * @param warnings where what is left out is said
 */
record EndpointsImport(WeirClient client, PrintStream warnings) {

    /**
     * What became of it.
     *
     * @param word as kubectl has it
     * @param slices that were written or are as they should be
     */
    record Done(String word, Frontier written, List<Key> slices) {}

    /** Throws a FailureException for Endpoints that are not valid; then nothing is written. */
    Done apply(Endpoints endpoints, Frontier after, DryRun dry) {
        Mirrored mirrored = mirrored(endpoints, after);
        mirrored.warnings().forEach(warning -> warnings.println("Warning: " + warning));
        String namespace = endpoints.getMetadata().getNamespace();
        Map<String, EndpointSlice> left = existing(namespace, endpoints.getMetadata().getName());
        boolean fresh = left.isEmpty();
        boolean changed = false;
        Frontier written = after;
        List<Key> keys = new ArrayList<>();
        for (EndpointSlice slice : mirrored.slices()) {
            EndpointSlice old = left.remove(slice.getMetadata().getName());
            keys.add(Kinds.ENDPOINT_SLICE.key(namespace, slice.getMetadata().getName()));
            if (old != null && ApplyCommand.same(old, slice)) {
                continue;
            }
            changed = true;
            if (dry != DryRun.CLIENT) {
                WriteOptions options = new WriteOptions(written, dry == DryRun.SERVER, 0);
                var commit =
                        old == null
                                ? client.create(slice, options).commit()
                                : client.update(slice, ApplyCommand.replaced(slice), options)
                                        .commit();
                written = ProgrammedWait.with(written, commit);
            }
        }
        changed |= !left.isEmpty();
        if (dry == DryRun.NO) {
            written = remove(namespace, left.keySet(), written);
        }
        return new Done(!changed ? "unchanged" : fresh ? "created" : "configured", written, keys);
    }

    /** Throws NOT_FOUND when nothing was made of these Endpoints. */
    Frontier delete(String namespace, String name, Frontier after) {
        Map<String, EndpointSlice> slices = existing(namespace, name);
        if (slices.isEmpty()) {
            throw Failure.notFound(Mirrored.KIND, name).asException();
        }
        return remove(namespace, slices.keySet(), after);
    }

    private Mirrored mirrored(Endpoints endpoints, Frontier after) {
        boolean selected =
                client.find(
                                Kinds.SERVICE,
                                endpoints.getMetadata().getNamespace(),
                                endpoints.getMetadata().getName(),
                                after)
                        .filter(service -> ((Service) service).getSpec().getSelectorCount() > 0)
                        .isPresent();
        return switch (Mirrored.of(endpoints, selected)) {
            case Judgement.Accepted<Mirrored>(var mirrored) -> mirrored;
            case Judgement.Refused<Mirrored>(var failure) -> throw failure.asException();
        };
    }

    private Map<String, EndpointSlice> existing(String namespace, String name) {
        String ours =
                Mirrored.SERVICE_NAME
                        + "="
                        + name
                        + ","
                        + Mirrored.MANAGED_BY
                        + "="
                        + Mirrored.CONTROLLER;
        Map<String, EndpointSlice> slices = new TreeMap<>();
        for (Message item : client.list(Kinds.ENDPOINT_SLICE, namespace, ours).items()) {
            EndpointSlice slice = (EndpointSlice) item;
            slices.put(slice.getMetadata().getName(), slice);
        }
        return slices;
    }

    private Frontier remove(String namespace, Iterable<String> names, Frontier after) {
        Frontier written = after;
        for (String name : names) {
            try {
                var commit =
                        client.delete(Kinds.ENDPOINT_SLICE, namespace, name, WriteOptions.NONE);
                written = ProgrammedWait.with(written, commit);
            } catch (FailureException e) {
                if (e.failure().reason() != Failure.Reason.NOT_FOUND) {
                    throw e;
                }
            }
        }
        return written;
    }
}
