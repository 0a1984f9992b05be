package dev.weir.agent.l7.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.agent.l7.proxy.ProxySettings.AccessLogTarget;
import dev.weir.routing.RouteTable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What was done is written down and counted. */
class LogAndMetricsTest {
    @TempDir Path directory;

    private static List<String> lines(Path file) {
        try {
            return Files.exists(file) ? Files.readAllLines(file) : List.of();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void eachRequestHasALine() throws Exception {
        Path file = directory.resolve("access.log");
        try (Backend backend = Backend.saying("hello");
                Stand stand =
                        Stand.of(
                                settings -> settings.withAccessLog(new AccessLogTarget.File(file)),
                                backend);
                Client client = stand.client()) {
            client.send("GET /a%22b?secret=1 HTTP/1.1\r\nHost: Shop.test:80\r\n\r\n").read();
            client.send("nonsense\r\n\r\n").read();
            Stand.await("two lines", () -> lines(file).size() == 2);

            String time = "\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z";
            assertThat(lines(file).get(0))
                    .matches(
                            time
                                    + " 127\\.0\\.0\\.1 \"GET shop\\.test /a%22b\" 200 0 \\d+ \\d+"
                                    + " Ingress/default/web default/web:80 1");
            assertThat(lines(file).get(1)).matches(time + " 127\\.0\\.0\\.1 \"-\" 400 0 0 0 - - 0");
        }
    }

    @Test
    void aFileThatWasRenamedIsBegunAnew() throws Exception {
        Path file = directory.resolve("access.log");
        Path old = directory.resolve("access.log.1");
        try (Backend backend = Backend.saying("hello");
                Stand stand =
                        Stand.of(
                                settings -> settings.withAccessLog(new AccessLogTarget.File(file)),
                                backend);
                Client client = stand.client()) {
            client.get("/before").read();
            Stand.await("a line", () -> lines(file).size() == 1);
            Files.move(file, old);
            client.get("/after").read();
            Stand.await("a line in the new file", () -> lines(file).size() == 1);

            assertThat(lines(old)).singleElement().asString().contains("/before");
            assertThat(lines(file)).singleElement().asString().contains("/after");
        }
    }

    @Test
    void requestsAreCountedByObjectAndServiceWhileTheTableNamesThem() throws Exception {
        try (Backend backend = Backend.saying("hello");
                Stand stand = Stand.of(backend);
                Client client = stand.client()) {
            for (int i = 0; i < 7; i++) {
                client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc").read();
            }

            Metrics metrics = stand.proxy.metrics();

            Traffic traffic = metrics.objects().get(Tables.INGRESS);
            assertThat(traffic.statuses()).containsExactly(0L, 0L, 7L, 0L, 0L, 0L);
            assertThat(traffic.latencies().stream().mapToLong(Long::longValue).sum()).isEqualTo(7);
            assertThat(traffic.bytesIn()).isEqualTo(21);
            assertThat(traffic.bytesOut()).isGreaterThan(7 * 5L);
            assertThat(metrics.services().get(Tables.WEB)).isEqualTo(traffic);
            assertThat(metrics.clients()).isEqualTo(1);

            stand.serve(RouteTable.EMPTY);
            assertThat(client.get("/").read().status()).isEqualTo(404);

            assertThat(stand.proxy.metrics().objects()).isEmpty();
            assertThat(stand.proxy.metrics().unrouted().requests()).isEqualTo(1);
        }
    }
}
