package dev.weir.bench;

import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Connections of a pod to endpoints elsewhere: directly, and through Services. */
final class ServicesConnect implements Benchmark {
    private static final String HEAP = "256m";

    private static final String NO_RULES = "direct";
    private static final String TRACKED = "direct, tracked";

    /** Who needs no Services. */
    private static final Set<String> DIRECT = Set.of(NO_RULES, TRACKED);

    /** The least that has the kernel track connections, as everybody needs who translates. */
    private static final String TRACKING =
            """
            table inet weir-bench {
              chain forward { type filter hook forward priority 0
                ct state invalid drop
              }
            }
            """;

    /** Takes from the plane's chains what does not translate: what is left does as the layouts. */
    private static final String TRANSLATING =
            Stream.of("antispoof", "guard", "own", "forward", "input", "output")
                    .map(chain -> "delete chain inet weir " + chain + "\n")
                    .collect(Collectors.joining());

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
        for (ServiceSet set : run.sets()) {
            try (Workplace place = new Workplace()) {
                measure(run, place, set);
            }
        }
        run.sheet()
                .note(
                        "weir: with all the plane does for a pod, policies and source checks"
                                + " included; the layouts translate addresses and no more, as"
                                + " \"weir, translating only\" does. That, and the one without"
                                + " the second lock, are copies of its table.");
    }

    private static void measure(Run run, Workplace place, ServiceSet set)
            throws IOException, InterruptedException {
        run.say("%s, loading".formatted(set));
        Map<String, Wire> wires = new LinkedHashMap<>();
        try {
            wires.put(NO_RULES, Wire.make(place));
            wires.put(TRACKED, ruled(place, TRACKING));
            Wire own = programmed(place, set);
            wires.put("weir", own);
            String table =
                    place.run(
                            Workplace.inside(own.node(), nft("list", "table", "inet", "weir")), "");
            wires.put("weir, no second lock", ruled(place, table));
            wires.put("weir, translating only", ruled(place, table + TRANSLATING));
            for (ChainLayout layout : ChainLayout.values()) {
                if (ServicesLoad.isBearable(run, layout, set.size())) {
                    Wire wire = Wire.make(place);
                    wires.put(layout.title(), wire);
                    place.nft(wire.node(), ServicesLoad.file(place, layout, set));
                }
            }
            rounds(run, set, wires);
        } finally {
            for (Wire wire : wires.values()) {
                wire.close();
            }
        }
    }

    /** One with these rules, and no routing rules. */
    private static Wire ruled(Workplace place, String rules)
            throws IOException, InterruptedException {
        Wire wire = Wire.make(place);
        place.run(Workplace.inside(wire.node(), nft("-f", "-")), rules);
        return wire;
    }

    private static Wire programmed(Workplace place, ServiceSet set)
            throws IOException, InterruptedException {
        Wire wire = Wire.make(place);
        String pod =
                Arrays.stream(Family.values())
                        .map(family -> family.client().toString())
                        .collect(Collectors.joining(" "));
        try (PlaneProcess plane = PlaneProcess.start(wire.node(), HEAP)) {
            plane.ask("pod " + pod);
            plane.ask("load " + set.typed());
        }
        return wire;
    }

    private static List<String> nft(String... words) {
        return Stream.concat(Stream.of("nft"), Arrays.stream(words)).toList();
    }

    private static void rounds(Run run, ServiceSet set, Map<String, Wire> wires)
            throws IOException, InterruptedException {
        Random random = new Random(run.seed());
        for (int round = 0; round <= run.rounds(); round++) {
            for (Map.Entry<String, Wire> wire : wires.entrySet()) {
                String who = wire.getKey();
                Wire.Connections took =
                        wire.getValue().connect(set, DIRECT.contains(who), TURN, random);
                // The first is for compilers, caches and neighbours.
                if (round > 0) {
                    run.sheet().add(set.toString(), who, "client's CPU us", took.cpu());
                    run.sheet().add(set.toString(), who, "p50 us", took.p50());
                    run.sheet().add(set.toString(), who, "p99 us", took.p99());
                    run.sheet().add(set.toString(), who, "connections/s", took.rate());
                }
            }
            if (round % 5 == 0) {
                run.say("%s, round %d of %d".formatted(set, round, run.rounds()));
            }
        }
    }
}
