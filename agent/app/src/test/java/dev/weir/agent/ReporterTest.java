package dev.weir.agent;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.agent.spi.NodeImage;
import dev.weir.changes.Frontier;
import dev.weir.model.Kinds;
import dev.weir.node.v1.AgentsGrpc;
import dev.weir.node.v1.Problem;
import dev.weir.node.v1.ReportRequest;
import dev.weir.node.v1.ReportResponse;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReporterTest {
    private static final int SECONDS = 20;
    private static final NodeLoop.Carried NOTHING = carried(Frontier.EMPTY);

    @TempDir private Path directory;
    private final Reports reports = new Reports();
    private SocketServer server;
    private Reporter reporter;

    /** Keeps what is reported. */
    private static final class Reports extends AgentsGrpc.AgentsImplBase {
        private final BlockingQueue<ReportRequest> taken = new LinkedBlockingQueue<>();
        private volatile boolean refusing;

        @Override
        public void report(ReportRequest request, StreamObserver<ReportResponse> out) {
            taken.add(request);
            if (refusing) {
                out.onError(Status.UNAVAILABLE.asException());
                return;
            }
            out.onNext(
                    ReportResponse.newBuilder()
                            .setAcknowledged(request.getProgrammed())
                            .setNodesUnreachable(true)
                            .build());
            out.onCompleted();
        }
    }

    @BeforeEach
    void open() throws Exception {
        server = SocketServer.start(directory.resolve("weir.sock"), reports);
    }

    @AfterEach
    void close() throws Exception {
        reporter.close();
        server.close();
    }

    private static NodeLoop.Carried carried(Frontier programmed, Problem... problems) {
        return new NodeLoop.Carried(NodeImage.EMPTY, programmed, List.of(problems), List.of());
    }

    private static NodeLoop.Carried upTo(long revision) {
        return carried(Frontier.of("log-1", "control", revision));
    }

    private void start(Duration interval) {
        reporter = new Reporter("n1", "", "i1", server.channel(), interval, NOTHING);
        reporter.start();
    }

    private ReportRequest next() throws InterruptedException {
        ReportRequest request = reports.taken.poll(SECONDS, TimeUnit.SECONDS);
        assertThat(request).as("a report within " + SECONDS + " s").isNotNull();
        return request;
    }

    private long awaitRevision(long revision) throws InterruptedException {
        long count = 1;
        while (next().getProgrammed().getRevisionsOrDefault("control", 0) != revision) {
            count++;
        }
        return count;
    }

    @Test
    void aChangeIsReportedAtOnceThoughTheIntervalIsLong() throws Exception {
        start(Duration.ofMinutes(1));
        Problem problem =
                Problem.newBuilder()
                        .setKey(Kinds.SERVICE.key("shop", "web").toProto())
                        .setPlane("nft")
                        .setReason("no room")
                        .build();
        Frontier programmed = Frontier.of("log-1", "control", 3);

        reporter.carried(
                new NodeLoop.Carried(
                        NodeImage.EMPTY, programmed, List.of(problem), List.of("dns")));

        assertThat(next())
                .isEqualTo(
                        ReportRequest.newBuilder()
                                .setNodeName("n1")
                                .setInstance("i1")
                                .setProgrammed(programmed.toProto())
                                .addProblems(problem)
                                .addPlanesNotInSync("dns")
                                .build());
    }

    @Test
    void manyChangesAreFewReportsAndTheLastOneArrives() throws Exception {
        start(Duration.ofMinutes(1));
        long start = System.nanoTime();

        for (int i = 1; i <= 1_000; i++) {
            reporter.carried(upTo(i));
            Thread.sleep(1);
        }
        long count = awaitRevision(1_000);
        double seconds = (System.nanoTime() - start) / 1e9;

        assertThat((double) count).isLessThanOrEqualTo(seconds * 20 + 2);
        assertThat(count).isGreaterThan(3);
    }

    @Test
    void silenceIsBrokenAtTheInterval() throws Exception {
        start(Duration.ofMillis(100));

        next();
        next();

        assertThat(next().getNodeName()).isEqualTo("n1");
    }

    @Test
    void whatIsTheSameIsNotNews() throws Exception {
        start(Duration.ofMinutes(1));
        reporter.carried(upTo(1));
        awaitRevision(1);

        reporter.carried(upTo(1));

        assertThat(reports.taken.poll(300, TimeUnit.MILLISECONDS)).isNull();
    }

    @Test
    void whatEveryNodeCarriesIsKept() throws Exception {
        start(Duration.ofMillis(100));
        assertThat(reporter.acknowledged().atNanos()).isZero();
        reporter.carried(upTo(5));
        awaitRevision(5);
        next();

        assertThat(reporter.acknowledged().everywhere())
                .isEqualTo(Frontier.of("log-1", "control", 5));
        assertThat(reporter.acknowledged().nodesUnreachable()).isTrue();
        assertThat(System.nanoTime() - reporter.acknowledged().atNanos())
                .isLessThan(TimeUnit.SECONDS.toNanos(SECONDS));
    }

    @Test
    void aControlPlaneThatFailsIsToldAgain() throws Exception {
        reports.refusing = true;
        start(Duration.ofMillis(100));
        reporter.carried(upTo(2));
        awaitRevision(2);
        reports.refusing = false;

        awaitRevision(2);
        next();

        assertThat(reporter.acknowledged().everywhere())
                .isEqualTo(Frontier.of("log-1", "control", 2));
    }
}
