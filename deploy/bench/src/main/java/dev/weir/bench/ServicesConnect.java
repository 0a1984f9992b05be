package dev.weir.bench;

import java.io.IOException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;

/** Connections of a pod to endpoints elsewhere: directly, and through Services. */
final class ServicesConnect implements Benchmark {
    private static final String HEAP = "256m";
    private static final String DIRECT = "direct";

    private static final Duration TURN = Duration.ofMillis(500);

    @Override
    public String name() {
        return "services-connect";
    }

    @Override
    public String description() {
        return "connections through Services: the nft plane and two layouts with chains";
    }

    @Override
    public String defaultSizes() {
        return "10x2,1000x2,10000x2";
    }

    @Override
    public int defaultRounds() {
        return 20;
    }

    @Override
    public void run(Run run) throws IOException, InterruptedException {
        for (Size size : run.sizes()) {
            try (Workplace place = new Workplace()) {
                measure(run, place, size);
            }
        }
        run.sheet()
                .note(
                        "weir: with all the plane does for a pod, policies and source checks"
                                + " included; the others translate addresses and no more.");
    }

    private static void measure(Run run, Workplace place, Size size)
            throws IOException, InterruptedException {
        run.say("%s, loading".formatted(size));
        Map<String, Wire> wires = new LinkedHashMap<>();
        try {
            wires.put(DIRECT, Wire.make(place));
            Wire own = Wire.make(place);
            wires.put("weir", own);
            try (PlaneProcess plane = PlaneProcess.start(own.node(), HEAP)) {
                plane.ask("pods " + Wire.pod());
                plane.ask("load " + size.typed());
            }
            for (ChainLayout layout : ChainLayout.values()) {
                if (ServicesLoad.isBearable(run, layout, size)) {
                    Wire wire = Wire.make(place);
                    wires.put(layout.title(), wire);
                    place.nft(wire.node(), ServicesLoad.file(place, layout, size));
                }
            }
            rounds(run, size, wires);
        } finally {
            for (Wire wire : wires.values()) {
                wire.close();
            }
        }
    }

    private static void rounds(Run run, Size size, Map<String, Wire> wires)
            throws IOException, InterruptedException {
        Random random = new Random(run.seed());
        for (int round = 0; round <= run.rounds(); round++) {
            for (Map.Entry<String, Wire> wire : wires.entrySet()) {
                String who = wire.getKey();
                Wire.Connections took =
                        wire.getValue().connect(size, who.equals(DIRECT), TURN, random);
                // The first is for compilers, caches and neighbours.
                if (round > 0) {
                    run.sheet().add(size.toString(), who, "client's CPU us", took.cpu());
                    run.sheet().add(size.toString(), who, "p50 us", took.p50());
                    run.sheet().add(size.toString(), who, "p99 us", took.p99());
                    run.sheet().add(size.toString(), who, "connections/s", took.rate());
                }
            }
            if (round % 5 == 0) {
                run.say("%s, round %d of %d".formatted(size, round, run.rounds()));
            }
        }
    }
}
