package dev.weir.dns.responder;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What people type. */
class CommandLineTest {
    private static final long SECONDS = 10;

    private Served served;

    @BeforeEach
    void open() throws IOException {
        served = new Served();
    }

    @AfterEach
    void close() {
        served.close();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "+notcp",
                "+tcp",
                "+noedns",
                "+cookie",
                "+padding=128",
                "+subnet=192.0.2.0/24"
            })
    void digShort(String option) throws Exception {
        String output = dig(served.v4(), "+short", option, "v4.prod.svc.cluster.local", "A");

        assertThat(output).isEqualTo("10.96.0.1\n");
    }

    @Test
    void digOverIpv6() throws Exception {
        String output = dig(served.v6(), "+short", "_http._tcp.v6.prod.svc.cluster.local", "SRV");

        assertThat(output).isEqualTo("0 100 80 v6.prod.svc.cluster.local.\n");
    }

    @Test
    void digReverse() throws Exception {
        String output = dig(served.v4(), "+short", "-x", "fd00:10:96::2");

        assertThat(output).isEqualTo("dual.prod.svc.cluster.local.\n");
    }

    @Test
    void digFindsNothingWrong() throws Exception {
        String output = dig(served.v4(), "+dnssec", "absent.prod.svc.cluster.local", "A");

        assertThat(output)
                .contains("status: NXDOMAIN", "flags: qr aa rd;", "EDNS: version: 0, flags: do")
                .contains("cluster.local.\t\t5\tIN\tSOA\tns.dns.cluster.local.")
                .doesNotContain("WARNING: Message", "malformed", "extra bytes");
    }

    @Test
    void nslookup() throws Exception {
        String output =
                run(
                        "nslookup",
                        "-port=" + served.v4().getPort(),
                        "dual.prod.svc.cluster.local.",
                        "127.0.0.1");

        assertThat(output).contains("Address: 10.96.0.2", "Address: fd00:10:96::2");
    }

    private static String dig(InetSocketAddress server, String... arguments) throws Exception {
        List<String> command = new ArrayList<>(List.of("dig", "+tries=1", "+time=5"));
        command.add("@" + server.getAddress().getHostAddress());
        command.add("-p" + server.getPort());
        command.addAll(List.of(arguments));
        return run(command.toArray(String[]::new));
    }

    private static String run(String... command) throws Exception {
        assumeTrue(isInstalled(command[0]), command[0] + " is not installed");
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), UTF_8);
        assertThat(process.waitFor(SECONDS, TimeUnit.SECONDS)).as("%s ends", command[0]).isTrue();
        return output;
    }

    private static boolean isInstalled(String program) {
        for (String directory : System.getenv("PATH").split(File.pathSeparator)) {
            if (new File(directory, program).canExecute()) {
                return true;
            }
        }
        return false;
    }
}
