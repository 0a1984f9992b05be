package dev.weir.lab.demo;

import dev.weir.client.WeirClient;
import dev.weir.client.WriteOptions;
import dev.weir.core.v1.IntOrString;
import dev.weir.core.v1.ObjectMeta;
import dev.weir.core.v1.Pod;
import dev.weir.lab.RunningLab;
import dev.weir.model.Kinds;
import dev.weir.net.v1.Service;
import dev.weir.net.v1.ServicePort;
import dev.weir.net.v1.ServiceSpec;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * Measures the time from an acknowledged write to the first packet that it lets through: a pod gets
 * a label, and the Service that selects it, until then without endpoints, answers.
 */
final class Latency {
    private static final int SAMPLES = 30;

    private static final String LABEL = "weir.dev/measured";

    /** Milliseconds between attempts to connect: the resolution. */
    private static final double INTERVAL = 1;

    private final RunningLab lab;
    private final Scripts scripts;

    Latency(RunningLab lab, Scripts scripts) {
        this.lab = lab;
        this.scripts = scripts;
    }

    String measure(String from, String pod, int port) throws IOException, InterruptedException {
        List<Double> samples = new ArrayList<>();
        try (WeirClient client = lab.client()) {
            Service service = (Service) client.create(service(port), WriteOptions.NONE).object();
            try (Traffic traffic =
                    new Traffic(
                            lab, scripts, from, service.getSpec().getClusterIp(), 80, INTERVAL)) {
                for (int i = 0; i < SAMPLES; i++) {
                    samples.add(sample(client, traffic, pod));
                }
            }
            client.delete(Kinds.SERVICE, "default", "measured", WriteOptions.NONE);
        }
        Collections.sort(samples);
        return "acknowledged write to working packet, %d times: p50 %.1f ms, p99 %.1f ms (resolution %.0f ms)"
                .formatted(
                        SAMPLES,
                        samples.get(SAMPLES / 2),
                        samples.get(SAMPLES * 99 / 100),
                        INTERVAL);
    }

    private static double sample(WeirClient client, Traffic traffic, String name)
            throws InterruptedException {
        traffic.skip();
        awaitAnswer(traffic, false);
        label(client, name, true);
        long acknowledged = System.nanoTime();
        awaitAnswer(traffic, true);
        double millis = (System.nanoTime() - acknowledged) / 1e6;
        label(client, name, false);
        return millis;
    }

    private static void awaitAnswer(Traffic traffic, boolean wanted) throws InterruptedException {
        long deadline = System.nanoTime() + 20_000_000_000L;
        while (traffic.next().startsWith("failed") == wanted) {
            if (System.nanoTime() > deadline) {
                throw new IllegalStateException(
                        "the Service "
                                + (wanted ? "does not answer" : "still answers")
                                + " after 20 s");
            }
        }
    }

    private static void label(WeirClient client, String name, boolean present) {
        Pod.Builder pod = ((Pod) client.get(Kinds.POD, "default", name)).toBuilder();
        if (present) {
            pod.getMetadataBuilder().putLabels(LABEL, "yes");
        } else {
            pod.getMetadataBuilder().removeLabels(LABEL);
        }
        client.update(pod.build(), List.of("metadata.labels"), WriteOptions.NONE);
    }

    private static Service service(int port) {
        return Service.newBuilder()
                .setMetadata(ObjectMeta.newBuilder().setNamespace("default").setName("measured"))
                .setSpec(
                        ServiceSpec.newBuilder()
                                .putSelector(LABEL, "yes")
                                .addPorts(
                                        ServicePort.newBuilder()
                                                .setPort(80)
                                                .setTargetPort(
                                                        IntOrString.newBuilder().setIntVal(port))))
                .build();
    }
}
