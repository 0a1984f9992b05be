package dev.weir.agent.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Against the real kernel, in a network namespace of its own. */
class NftTablesTest {
    private static final String SKELETON =
            """
            table inet weir {
              chain lb4-1 { }
              chain lb4-2 { }
              chain idle { counter; }
              set idle4 { type ipv4_addr; }
              set pods4 { type ipv4_addr; flags timeout; }
              set pods6 { type ipv6_addr; }
              map svc4 { type ipv4_addr . inet_proto . inet_service : verdict; flags timeout; }
              map eps4 {
                typeof ip daddr . meta l4proto . th dport . numgen random mod 65536 \
                    : ip daddr . th dport
              }
              map eps6 {
                typeof ip6 daddr . meta l4proto . th dport . numgen random mod 65536 \
                    : ip6 daddr . th dport
              }
            }
            """;
    private static final NftOutcome DONE = new NftOutcome.Done();

    private TestNamespace namespace;
    private NftTables tables;
    private NftText text;

    @BeforeEach
    void open() throws Exception {
        namespace = TestNamespace.create();
        tables = namespace.namespace().call(NftTables::open);
        text = namespace.namespace().call(NftText::open);
        text.run(SKELETON);
    }

    @AfterEach
    void close() throws Exception {
        if (namespace == null) {
            return;
        }
        text.close();
        tables.close();
        namespace.close();
    }

    private static NftData address(int index) {
        return NftData.builder()
                .address(new byte[] {10, (byte) (index >> 16), (byte) (index >> 8), (byte) index})
                .build();
    }

    private static NftData service(int index) {
        return NftData.builder()
                .address(new byte[] {10, 96, (byte) (index >> 8), (byte) index})
                .protocol(6)
                .port(80)
                .build();
    }

    private static NftElement endpoint(int service, int slot) {
        byte[] vip = {10, 96, (byte) (service >> 8), (byte) service};
        byte[] pod = {10, 1, (byte) (service >> 8), (byte) service};
        return NftElement.of(
                NftData.builder().address(vip).protocol(6).port(80).hostOrder(slot).build(),
                NftValue.data(NftData.builder().address(pod).port(8000 + slot).build()));
    }

    @Test
    void theNamesOfTheTableAreListed() throws IOException {
        assertThat(tables.tables()).containsExactly("weir");
        assertThat(tables.chains("weir")).containsExactlyInAnyOrder("lb4-1", "lb4-2", "idle");
        assertThat(tables.sets("weir"))
                .containsExactlyInAnyOrder("idle4", "pods4", "pods6", "svc4", "eps4", "eps6");
        assertThat(tables.chains("other")).isEmpty();
        assertThat(tables.ruleCounts("weir")).containsEntry("idle", 1).containsEntry("lb4-1", 0);
    }

    @Test
    void whatIsWrittenIsWhatIsRead() throws Exception {
        NftElement v4 = NftElement.of(address(1));
        NftElement v6 = NftElement.of(NftData.ofAddress(InetAddress.ofLiteral("fd00:1::7")));
        NftElement service = NftElement.of(service(5), NftValue.goTo("lb4-2"));
        NftElement endpoint = endpoint(5, 1);
        NftElement endpoint6 =
                NftElement.of(
                        NftData.builder()
                                .address(InetAddress.ofLiteral("fd00:2::1"))
                                .protocol(17)
                                .port(53)
                                .hostOrder(0)
                                .build(),
                        NftValue.data(
                                NftData.builder()
                                        .address(InetAddress.ofLiteral("fd00:1::7"))
                                        .port(5353)
                                        .build()));

        NftOutcome outcome =
                tables.apply(
                        NftBatch.builder("weir")
                                .add("pods4", v4)
                                .add("pods6", v6)
                                .add("svc4", service)
                                .add("eps4", endpoint)
                                .add("eps6", endpoint6)
                                .build());

        assertThat(outcome).isEqualTo(DONE);
        assertThat(tables.elements("weir", "pods4")).containsExactly(v4);
        assertThat(tables.elements("weir", "pods6")).containsExactly(v6);
        assertThat(tables.elements("weir", "svc4")).containsExactly(service);
        assertThat(tables.element("weir", "svc4", service(5))).contains(service);
        assertThat(tables.element("weir", "svc4", service(6))).isEmpty();
        assertThat(tables.element("weir", "nothing", service(5))).isEmpty();
        assertThat(tables.elements("weir", "eps4")).containsExactly(endpoint);
        assertThat(tables.elements("weir", "eps6")).containsExactly(endpoint6);
        assertThat(text.run("list map inet weir eps4"))
                .contains("10.96.0.5 . tcp . 80 . 1 : 10.1.0.5 . 8001");
        assertThat(text.run("list map inet weir svc4"))
                .contains("10.96.0.5 . tcp . 80 : goto lb4-2");
    }

    @Test
    void aBatchForAnOldGenerationIsRefused() throws IOException {
        int generation = tables.generation();
        NftBatch batch =
                NftBatch.builder("weir")
                        .ifGeneration(generation)
                        .add("pods4", NftElement.of(address(1)))
                        .build();

        assertThat(tables.apply(batch)).isEqualTo(DONE);
        assertThat(tables.generation()).isEqualTo(generation + 1);
        assertThat(tables.apply(batch)).isEqualTo(new NftOutcome.Stale());
    }

    @Test
    void tenThousandServicesOfTenEndpoints() throws IOException {
        NftBatch.Builder batch = NftBatch.builder("weir");
        List<NftElement> written = new ArrayList<>();
        for (int service = 0; service < 10_000; service++) {
            for (int slot = 0; slot < 10; slot++) {
                written.add(endpoint(service, slot));
            }
        }
        written.forEach(element -> batch.add("eps4", element));

        long start = System.nanoTime();
        NftOutcome outcome = tables.apply(batch.build());
        long applied = System.nanoTime();
        List<NftElement> read = tables.elements("weir", "eps4");
        long dumped = System.nanoTime();

        assertThat(outcome).isEqualTo(DONE);
        assertThat(read).hasSameSizeAs(written);
        assertThat(new HashSet<>(read).equals(new HashSet<>(written))).isTrue();
        System.out.printf(
                "100,000 elements: written in %d ms, read in %d ms%n",
                (applied - start) / 1_000_000, (dumped - applied) / 1_000_000);
    }

    @Test
    void anElementWithATimeoutExpires() throws Exception {
        NftElement lasting = NftElement.of(service(1), NftValue.goTo("lb4-1"));
        NftElement passing = NftElement.of(service(2), NftValue.goTo("lb4-1")).expiringAfter(300);

        tables.apply(NftBatch.builder("weir").add("svc4", lasting).add("svc4", passing).build());

        assertThat(tables.elements("weir", "svc4")).containsExactlyInAnyOrder(lasting, passing);
        assertThat(eventually(() -> tables.elements("weir", "svc4").equals(List.of(lasting))))
                .as("the element with a timeout of 300 ms is gone")
                .isTrue();
    }

    private interface Condition {
        boolean holds() throws Exception;
    }

    private static boolean eventually(Condition condition) throws Exception {
        long deadline = System.nanoTime() + Duration.ofSeconds(5).toNanos();
        while (System.nanoTime() < deadline) {
            if (condition.holds()) {
                return true;
            }
            Thread.sleep(20);
        }
        return false;
    }

    @Test
    void aRefusalNamesTheElementAndNothingIsChanged() throws IOException {
        NftElement present = NftElement.of(address(1));
        tables.apply(NftBatch.builder("weir").add("pods4", present).build());

        NftOutcome outcome =
                tables.apply(
                        NftBatch.builder("weir")
                                .add("pods4", NftElement.of(address(9)))
                                .delete("pods4", address(1))
                                .delete("pods4", address(2))
                                .build());

        assertThat(outcome)
                .isInstanceOfSatisfying(
                        NftOutcome.Failed.class,
                        failed ->
                                assertThat(failed.refusals())
                                        .singleElement()
                                        .satisfies(
                                                r -> {
                                                    assertThat(r.errno()).isEqualTo(Errno.ENOENT);
                                                    assertThat(r.command())
                                                            .isEqualTo(
                                                                    new NftCommand.DeleteElement(
                                                                            "pods4",
                                                                            NftElement.of(
                                                                                    address(2))));
                                                }));
        assertThat(tables.elements("weir", "pods4")).containsExactly(present);
    }

    @Test
    void settlingMakesItTrueWhateverWasThere() throws IOException {
        Random random = new Random(4711);
        tables.settle(
                NftBatch.builder("weir")
                        .add("svc4", NftElement.of(service(1), NftValue.goTo("lb4-1")))
                        .add("svc4", NftElement.of(service(2), NftValue.goTo("lb4-1")))
                        .build());

        NftBatch.Builder batch =
                NftBatch.builder("weir")
                        .add("svc4", NftElement.of(service(1), NftValue.goTo("lb4-2")))
                        .add("svc4", NftElement.of(service(2), NftValue.goTo("lb4-1")))
                        .add("svc4", NftElement.of(service(3), NftValue.goTo("lb4-2")))
                        .deleteChain("nothing")
                        .deleteSet("nothing")
                        .deleteChain("idle")
                        .deleteSet("idle4");
        for (int i = 0; i < 50; i++) {
            batch.delete("svc4", service(100 + random.nextInt(1000)));
        }

        assertThat(tables.settle(batch.build())).isEqualTo(DONE);
        assertThat(tables.settle(batch.build())).isEqualTo(DONE);
        assertThat(tables.elements("weir", "svc4"))
                .containsExactlyInAnyOrder(
                        NftElement.of(service(1), NftValue.goTo("lb4-2")),
                        NftElement.of(service(2), NftValue.goTo("lb4-1")),
                        NftElement.of(service(3), NftValue.goTo("lb4-2")));
        assertThat(tables.chains("weir")).doesNotContain("idle");
        assertThat(tables.sets("weir")).doesNotContain("idle4");
    }

    @Test
    void whatCannotBeSettledIsRefusedWithItsReason() throws IOException {
        NftBatch batch =
                NftBatch.builder("weir")
                        .add("svc4", NftElement.of(service(1), NftValue.goTo("nowhere")))
                        .build();

        assertThat(tables.settle(batch)).isInstanceOf(NftOutcome.Failed.class);
    }

    @Test
    void readingASetThatIsNotThereSaysSo() {
        assertThatThrownBy(() -> tables.elements("weir", "nothing"))
                .isInstanceOfSatisfying(
                        KernelException.class, e -> assertThat(e.errno()).isEqualTo(Errno.ENOENT));
    }

    @Test
    void textThatNftRefusesChangesNothing() throws IOException {
        assertThatThrownBy(() -> text.run("add set inet weir x { type ipv4_addr; }\nadd nonsense"))
                .isInstanceOf(NftText.RefusedException.class)
                .hasMessageContaining("syntax error");
        assertThat(tables.sets("weir")).doesNotContain("x");
    }
}
