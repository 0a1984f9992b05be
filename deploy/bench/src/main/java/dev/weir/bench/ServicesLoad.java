package dev.weir.bench;

import java.io.IOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;

/** From an empty kernel to all Services in force. */
final class ServicesLoad implements Benchmark {
    /** 250,000 endpoints at once: more than an agent has on a machine of its size. */
    private static final String HEAP = "768m";

    @Override
    public String name() {
        return "services-load";
    }

    @Override
    public String description() {
        return "all Services into an empty kernel: the nft plane and two layouts with chains";
    }

    @Override
    public String defaultSizes() {
        return "1000x2,5000x2,10000x10,5000x50";
    }

    @Override
    public int defaultRounds() {
        return 3;
    }

    @Override
    public void run(Run run) throws IOException, InterruptedException {
        try (Workplace place = new Workplace()) {
            for (ServiceSet set : run.sets()) {
                for (int round = 1; round <= run.rounds(); round++) {
                    run.say("%s, round %d of %d".formatted(set, round, run.rounds()));
                    own(run, place, set);
                    for (ChainLayout layout : ChainLayout.values()) {
                        if (isBearable(run, layout, set.size())) {
                            peer(run, place, layout, set);
                        }
                    }
                }
            }
        }
        run.sheet()
                .note(
                        "weir: one call of the plane in a process that just started; with start:"
                            + " all of that process. Peers: nft -f. Ratios are to weir's call.");
    }

    /** Each costs about the square of its number of chains. */
    static boolean isBearable(Run run, ChainLayout layout, Size size) {
        int weight =
                switch (layout) {
                    case CHAIN_PER_ENDPOINT -> size.total();
                    case CHAIN_PER_SERVICE -> size.services();
                };
        return weight <= run.peerLimit();
    }

    private static void own(Run run, Workplace place, ServiceSet set)
            throws IOException, InterruptedException {
        String namespace = place.namespace("weir");
        try (PlaneProcess plane = PlaneProcess.start(namespace, HEAP)) {
            Cost cost = Cost.parse(plane.ask("load " + set.typed()));
            Cost whole = Cost.parse(plane.ask("used"));
            run.sheet().add(set.toString(), "weir", cost);
            run.sheet().add(set.toString(), "weir with start", "CPU s", whole.cpu());
        }
        place.delete(namespace);
    }

    private static void peer(Run run, Workplace place, ChainLayout layout, ServiceSet set)
            throws IOException, InterruptedException {
        String namespace = place.namespace("peer");
        Path file = file(place, layout, set);
        run.sheet().add(set.toString(), layout.title(), place.nft(namespace, file));
        place.delete(namespace);
    }

    /** The text of the layout; made once. */
    static Path file(Workplace place, ChainLayout layout, ServiceSet set) throws IOException {
        Path file = place.directory().resolve(layout + "-" + set.typed() + ".nft");
        if (!Files.exists(file)) {
            try (Writer text = Files.newBufferedWriter(file)) {
                layout.write(set, text);
            }
        }
        return file;
    }
}
