package dev.weir.agent.cni;

import dev.weir.agent.cni.ipam.AttachmentKey;
import dev.weir.agent.cni.ipam.Block;
import dev.weir.agent.cni.ipam.BlockSource;
import dev.weir.agent.cni.ipam.JournalEntry.Released;
import dev.weir.agent.cni.ipam.PodAttachment;
import dev.weir.model.Cidr;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/** What stands in for kernel, agent and control plane. */
final class Doubles {
    private Doubles() {}

    /** Keeps links in memory; the namespace /run/netns/broken refuses them. */
    static final class Link implements PodLink {
        final Map<AttachmentKey, PodAttachment> links = new ConcurrentHashMap<>();

        @Override
        public void prepareNode() {}

        @Override
        public int mtu() {
            return 1450;
        }

        @Override
        public void attach(PodAttachment pod) throws CniException {
            if (pod.netns().endsWith("broken")) {
                throw new CniException(
                        CniException.LINK_FAULT, "ip link add: Operation not permitted");
            }
            links.put(pod.key(), pod);
        }

        @Override
        public void detach(AttachmentKey key) {
            links.remove(key);
        }

        @Override
        public Optional<String> fault(PodAttachment pod) {
            return pod.equals(links.get(pod.key()))
                    ? Optional.empty()
                    : Optional.of("no link of " + pod.key());
        }

        @Override
        public Set<AttachmentKey> present() {
            return Set.copyOf(links.keySet());
        }
    }

    /** Writes down what it is told. */
    static final class Network implements PodNetwork {
        final List<String> told = new CopyOnWriteArrayList<>();
        volatile Optional<String> notReady = Optional.empty();
        volatile CompletableFuture<String> programmed = CompletableFuture.completedFuture("yes");

        @Override
        public Optional<String> notReady() {
            return notReady;
        }

        @Override
        public CompletionStage<?> podAdded(PodAttachment pod) {
            told.add("added " + pod.pod().qualifiedName());
            return programmed;
        }

        @Override
        public void podRemoved(PodAttachment pod) {
            told.add("removed " + pod.pod().qualifiedName());
        }
    }

    /** One block, or none. */
    static final class Blocks implements BlockSource {
        volatile List<Block> blocks;

        Blocks(String... cidrs) {
            blocks =
                    cidrs.length == 0
                            ? Collections.emptyList()
                            : List.of(new Block(List.of(cidrs).stream().map(Cidr::of).toList(), 1));
        }

        @Override
        public List<Block> blocks() {
            return blocks;
        }

        @Override
        public void needBlock() {}

        @Override
        public Acknowledgement acknowledgement(Released released) {
            return Acknowledgement.EVERYWHERE;
        }
    }
}
