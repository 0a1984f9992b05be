package dev.weir.bench;

import com.google.protobuf.ByteString;
import dev.weir.agent.l7.proxy.Proxy;
import dev.weir.agent.l7.proxy.ProxySettings;
import dev.weir.agent.l7.proxy.ProxySettings.AccessLogTarget;
import dev.weir.agent.l7.proxy.Served;
import dev.weir.agent.l7.proxy.Upstream;
import dev.weir.model.IpAddress;
import dev.weir.model.Key;
import dev.weir.routing.Action;
import dev.weir.routing.Certificate;
import dev.weir.routing.Conditions;
import dev.weir.routing.HeaderEdit;
import dev.weir.routing.HostTable;
import dev.weir.routing.Hosts;
import dev.weir.routing.PortTable;
import dev.weir.routing.RouteTable;
import dev.weir.routing.Rule;
import dev.weir.routing.ServicePort;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.pcollections.HashTreePMap;

/**
 * A process with the real proxy, without the rest of an agent, in the namespace it was started in.
 * Ends with its standard input.
 *
 * <p>Arguments: directory with the certificate, file of the access log or {@code -}, number of
 * hosts, port, port with TLS, ports of the endpoints with commas between.
 */
final class HttpMain {
    private static final ServicePort SERVICE = new ServicePort("default", "web", 80);

    private HttpMain() {}

    public static void main(String[] arguments) throws IOException {
        Path directory = Path.of(arguments[0]);
        AccessLogTarget log =
                arguments[1].equals("-")
                        ? new AccessLogTarget.Off()
                        : new AccessLogTarget.File(Path.of(arguments[1]));
        IpAddress here = IpAddress.of(HttpScene.ADDRESS);
        try (Proxy proxy =
                Proxy.start(
                        ProxySettings.DEFAULT.withAddresses(List.of(here)).withAccessLog(log))) {
            proxy.endpoints(
                    HashTreePMap.singleton(
                            SERVICE,
                            new Upstream(
                                    Arrays.stream(arguments[5].split(","))
                                            .map(Integer::parseInt)
                                            .map(port -> new Upstream.Endpoint(here, port))
                                            .toList())));
            Served served =
                    proxy.serve(
                            table(
                                    Integer.parseInt(arguments[2]),
                                    Integer.parseInt(arguments[3]),
                                    Integer.parseInt(arguments[4]),
                                    certificate(directory)));
            if (!served.ports().isEmpty() || !served.secrets().isEmpty()) {
                throw new IllegalStateException(served.toString());
            }
            while (System.in.read() >= 0) {}
        }
    }

    private static RouteTable table(int hosts, int plain, int tls, Certificate certificate) {
        Map<String, HostTable> exact = new HashMap<>();
        for (int i = 1; i <= hosts; i++) {
            Rule rule =
                    new Rule(new Key("Ingress", "default", "web-" + i), Conditions.NONE, forward());
            exact.put(HttpScene.host(i), new HostTable(Map.of(), Map.of("", List.of(rule))));
        }
        Hosts<HostTable> all = new Hosts<>(exact, Map.of(), Map.of(), Optional.empty());
        Hosts<Certificate> names =
                new Hosts<>(Map.of(), Map.of(), Map.of(), Optional.of(certificate));
        return new RouteTable(
                new TreeMap<>(
                        Map.of(
                                plain, new PortTable(plain, false, all, Hosts.none()),
                                tls, new PortTable(tls, true, all, names))));
    }

    private static Action forward() {
        return new Action.Forward(
                List.of(
                        new Action.Share(
                                1,
                                new Action.Target.To(SERVICE),
                                HeaderEdit.NONE,
                                HeaderEdit.NONE)),
                HeaderEdit.NONE,
                HeaderEdit.NONE,
                Optional.empty(),
                Optional.empty());
    }

    private static Certificate certificate(Path directory) throws IOException {
        return new Certificate(
                new Key("Secret", "default", "web"),
                ByteString.copyFrom(Files.readAllBytes(directory.resolve(HttpScene.CHAIN))),
                ByteString.copyFrom(Files.readAllBytes(directory.resolve(HttpScene.KEY))));
    }
}
