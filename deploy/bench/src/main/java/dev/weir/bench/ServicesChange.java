package dev.weir.bench;

import java.io.IOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** Endpoints change while many others stay. */
final class ServicesChange implements Benchmark {
    private static final String HEAP = "256m";

    /** How many endpoints change at once, in as many Services. */
    private static final List<Integer> COUNTS = List.of(1, 100);

    /** Changes before the first that is measured. */
    private static final int WARM_UP = 50;

    private static final int TIMES = 20;

    @Override
    public String name() {
        return "services-change";
    }

    @Override
    public String description() {
        return "one and 100 endpoints replaced: the nft plane and two layouts with chains";
    }

    @Override
    public String defaultSizes() {
        return "1000x2,5000x2,1000x10,10000x10";
    }

    @Override
    public int defaultRounds() {
        return 5;
    }

    @Override
    public void run(Run run) throws IOException, InterruptedException {
        try (Workplace place = new Workplace()) {
            for (ServiceSet set : run.sets()) {
                measure(run, place, set);
            }
        }
        run.sheet()
                .note(
                        "weir: medians of %d calls of the plane; CPU is that of the calling thread,"
                                        .formatted(TIMES)
                                + " with all it did in the kernel. Peers: one nft -f a round.");
        for (Family family : run.families()) {
            COUNTS.forEach(count -> growth(run, family, "weir", count));
        }
    }

    private static void measure(Run run, Workplace place, ServiceSet set)
            throws IOException, InterruptedException {
        run.say("%s, loading".formatted(set));
        String own = place.namespace("weir");
        Map<ChainLayout, String> peers = new EnumMap<>(ChainLayout.class);
        try (PlaneProcess plane = PlaneProcess.start(own, HEAP)) {
            plane.ask("load " + set.typed());
            plane.ask("change 0 1 " + WARM_UP);
            plane.ask("change " + WARM_UP + " 100 5");
            int own100 = WARM_UP + 500;
            for (ChainLayout layout : ChainLayout.values()) {
                if (ServicesLoad.isBearable(run, layout, set.size())) {
                    String peer = place.namespace("peer");
                    place.nft(peer, ServicesLoad.file(place, layout, set));
                    peers.put(layout, peer);
                }
            }
            int peerNext = 0;
            for (int round = 1; round <= run.rounds(); round++) {
                run.say("%s, round %d of %d".formatted(set, round, run.rounds()));
                for (int count : COUNTS) {
                    String what = what(set, count);
                    String[] medians =
                            plane.ask("change %d %d %d".formatted(own100, count, TIMES)).split(" ");
                    own100 += count * TIMES;
                    run.sheet().add(what, "weir", "CPU ms", Double.parseDouble(medians[0]));
                    run.sheet().add(what, "weir", "wall ms", Double.parseDouble(medians[1]));
                    for (Map.Entry<ChainLayout, String> peer : peers.entrySet()) {
                        Cost cost =
                                peer(place, peer.getKey(), peer.getValue(), set, peerNext, count);
                        String who = peer.getKey().title();
                        run.sheet().add(what, who, "CPU ms", cost.cpu() * 1000);
                        run.sheet().add(what, who, "wall ms", cost.wall() * 1000);
                    }
                    peerNext += count;
                }
            }
        }
        place.delete(own);
        for (String peer : peers.values()) {
            place.delete(peer);
        }
    }

    private static Cost peer(
            Workplace place,
            ChainLayout layout,
            String namespace,
            ServiceSet set,
            int first,
            int count)
            throws IOException, InterruptedException {
        Path file = place.directory().resolve("change.nft");
        try (Writer text = Files.newBufferedWriter(file)) {
            layout.change(set, first, count, text);
        }
        return place.nft(namespace, file);
    }

    private static String what(ServiceSet set, int count) {
        return count + " of " + set;
    }

    /** Whether a change costs more where there is more. */
    private static void growth(Run run, Family family, String who, int count) {
        Size least = run.sizes().getFirst();
        Size most = run.sizes().getFirst();
        for (Size size : run.sizes()) {
            most = size.services() > most.services() ? size : most;
        }
        for (Size size : run.sizes()) {
            boolean alike = size.endpoints() == most.endpoints();
            least = alike && size.services() < most.services() ? size : least;
        }
        ServiceSet few = new ServiceSet(family, least);
        ServiceSet many = new ServiceSet(family, most);
        double before = run.sheet().median(what(few, count), who, "CPU ms");
        double after = run.sheet().median(what(many, count), who, "CPU ms");
        run.sheet()
                .note(
                        "%s, %d at once: %s cost %.2f times the CPU of %s"
                                .formatted(who, count, many, after / before, few));
    }
}
