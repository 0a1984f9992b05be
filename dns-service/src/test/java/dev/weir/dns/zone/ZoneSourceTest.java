package dev.weir.dns.zone;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Message;
import com.google.protobuf.TextFormat;
import dev.weir.changes.Change;
import dev.weir.changes.Delta;
import dev.weir.changes.Frontier;
import dev.weir.changes.Image;
import dev.weir.changes.Step;
import dev.weir.core.v1.Namespace;
import dev.weir.dns.wire.DnsName;
import dev.weir.dns.wire.Question;
import dev.weir.dns.wire.RecordType;
import dev.weir.model.Key;
import dev.weir.model.Kinds;
import dev.weir.model.Shards;
import dev.weir.net.v1.EndpointSlice;
import dev.weir.net.v1.Service;
import dev.weir.net.v1.ServiceCidr;
import java.util.List;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class ZoneSourceTest {
    private Image image = Image.empty(Shards.ENDPOINT);
    private ZoneSource source = ZoneSource.EMPTY;
    private Zone zone = Zone.empty(SampleZone.SETTINGS).inSync();

    @Test
    void clusterServiceOfTwoFamilies() throws Exception {
        put(service("web", "cluster_ip: '10.96.0.5' cluster_ips: ['10.96.0.5', 'fd00:10:96::5']"));

        assertThat(answers("web.prod.svc.cluster.local", RecordType.A))
                .containsExactly("web.prod.svc.cluster.local. A 10.96.0.5");
        assertThat(answers("web.prod.svc.cluster.local", RecordType.AAAA))
                .containsExactly("web.prod.svc.cluster.local. AAAA fd00:10:96::5");
        assertThat(answers("_http._tcp.web.prod.svc.cluster.local", RecordType.SRV)).hasSize(1);
    }

    @Test
    void slicesOfAHeadlessServiceMayComeFirst() throws Exception {
        put(slice("db-b", "db", "10.244.0.2", "ready: true", "hostname: 'db-1'"));
        put(slice("db-a", "db", "10.244.0.1", "", ""));
        put(slice("db-c", "db", "10.244.0.3", "ready: false serving: true", ""));
        put(service("db", "cluster_ip: 'None'"));

        assertThat(answers("db.prod.svc.cluster.local", RecordType.A))
                .containsExactly(
                        "db.prod.svc.cluster.local. A 10.244.0.1",
                        "db.prod.svc.cluster.local. A 10.244.0.2");
        assertThat(answers("db-1.db.prod.svc.cluster.local", RecordType.A)).hasSize(1);
        assertThat(answers("_http._tcp.db.prod.svc.cluster.local", RecordType.SRV))
                .containsExactly(
                        "_http._tcp.db.prod.svc.cluster.local. SRV 0 50 8080"
                                + " 10-244-0-1.db.prod.svc.cluster.local.",
                        "_http._tcp.db.prod.svc.cluster.local. SRV 0 50 8080"
                                + " db-1.db.prod.svc.cluster.local.");
    }

    @Test
    void aSliceThatChangesItsServiceLeavesTheOldOne() throws Exception {
        put(service("db", "cluster_ip: 'None'"));
        put(service("dc", "cluster_ip: 'None'"));
        put(slice("x", "db", "10.244.0.1", "", ""));

        put(slice("x", "dc", "10.244.0.1", "", ""));

        assertThat(answers("db.prod.svc.cluster.local", RecordType.A)).isEmpty();
        assertThat(answers("dc.prod.svc.cluster.local", RecordType.A)).hasSize(1);
        assertThat(source.slices()).hasSize(1);
    }

    @Test
    void whatGoesLeavesNothing() throws Exception {
        put(service("db", "cluster_ip: 'None'"));
        put(slice("x", "db", "10.244.0.1", "", ""));

        remove("EndpointSlice", "prod", "x");
        remove("Service", "prod", "db");

        assertThat(source).isEqualTo(ZoneSource.EMPTY);
        assertThat(zone)
                .isEqualTo(
                        Zone.empty(SampleZone.SETTINGS)
                                .inSync()
                                .apply(SampleZone.puts(List.of()), image.revision()));
    }

    @Test
    void namespacesComeAndGo() throws Exception {
        Message namespace = TextFormat.parse("metadata { name: 'lone' }", Namespace.class);
        put(namespace);

        List<String> there = answers("10-1-2-3.lone.pod.cluster.local", RecordType.A);
        remove("Namespace", "", "lone");
        List<String> gone = answers("10-1-2-3.lone.pod.cluster.local", RecordType.A);

        assertThat(there).containsExactly("10-1-2-3.lone.pod.cluster.local. A 10.1.2.3");
        assertThat(gone).isEmpty();
    }

    @Test
    void externalNames() throws Exception {
        put(service("out", "type: 'ExternalName' external_name: 'v4.prod.svc.cluster.local.'"));
        put(service("ip", "type: 'ExternalName' external_name: '192.0.2.1'"));
        put(service("bad", "type: 'ExternalName' external_name: 'a..b'"));

        assertThat(answers("out.prod.svc.cluster.local", RecordType.CNAME)).hasSize(1);
        assertThat(answers("ip.prod.svc.cluster.local", RecordType.CNAME)).isEmpty();
        assertThat(answers("bad.prod.svc.cluster.local", RecordType.CNAME)).isEmpty();
    }

    @Test
    void whatIsNoNameHidesNothingElse() throws Exception {
        put(service("-bad-", "cluster_ip: '10.96.0.9'"));
        put(service("db", "cluster_ip: 'None'"));
        put(slice("x", "db", "10.244.0.1", "", "hostname: 'NOT_A_LABEL'"));
        put(slice("y", "db", "not an address", "", ""));

        assertThat(answers("10-244-0-1.db.prod.svc.cluster.local", RecordType.A)).hasSize(1);
    }

    @Test
    void startingFromAnImageIsFollowingEveryStep() throws Exception {
        put(service("db", "cluster_ip: 'None'"));
        put(slice("x", "db", "10.244.0.1", "", ""));
        put(slice("y", "db", "10.244.0.2", "", ""));
        put(slice("x", "db", "10.244.0.3", "", ""));
        remove("EndpointSlice", "prod", "y");

        ZoneSource.Advance fresh = ZoneSource.EMPTY.advance(Step.start(image));

        assertThat(fresh.next()).isEqualTo(source);
        assertThat(Zone.empty(SampleZone.SETTINGS).inSync().apply(fresh.delta(), image.revision()))
                .isEqualTo(zone);
    }

    @Test
    void reverseNamesFollowTheRangesOfClusterIps() throws Exception {
        put(service("web", "cluster_ip: '10.120.0.5' cluster_ips: '10.120.0.5'"));
        Question question = Question.in(DnsName.of("5.0.120.10.in-addr.arpa"), RecordType.PTR);
        assertThat(zone.answer(question)).isInstanceOf(ZoneAnswer.Elsewhere.class);

        put(range("more", "10.120.0.0/16"));

        assertThat(answers("5.0.120.10.in-addr.arpa", RecordType.PTR))
                .containsExactly("5.0.120.10.in-addr.arpa. PTR web.prod.svc.cluster.local.");
        ZoneSource.Advance fresh = ZoneSource.EMPTY.advance(Step.start(image));
        assertThat(Zone.empty(SampleZone.SETTINGS).inSync().apply(fresh.delta(), image.revision()))
                .isEqualTo(zone);

        remove("ServiceCIDR", "", "more");
        assertThat(zone.answer(question)).isInstanceOf(ZoneAnswer.Elsewhere.class);
        assertThat(zone)
                .as("nothing is left of it")
                .isEqualTo(
                        Zone.empty(SampleZone.SETTINGS)
                                .inSync()
                                .apply(
                                        ZoneSource.EMPTY.advance(Step.start(image)).delta(),
                                        image.revision()));
    }

    private static ServiceCidr range(String name, String cidr) throws Exception {
        return TextFormat.parse(
                "metadata { name: '%s' } spec { cidrs: '%s' }".formatted(name, cidr),
                ServiceCidr.class);
    }

    private List<String> answers(String name, int type) {
        Question question = Question.in(DnsName.of(name), type);
        return Lines.of(((ZoneAnswer.Final) zone.answer(question)).reply().answers());
    }

    private static Service service(String name, String spec) throws Exception {
        return TextFormat.parse(
                """
                metadata { namespace: 'prod' name: '%s' }
                spec { %s ports { name: 'http' protocol: 'TCP' port: 80 } }
                """
                        .formatted(name, spec),
                Service.class);
    }

    private static EndpointSlice slice(
            String name, String service, String ip, String conditions, String more)
            throws Exception {
        return TextFormat.parse(
                """
                metadata {
                  namespace: 'prod' name: '%s'
                  labels { key: 'kubernetes.io/service-name' value: '%s' }
                }
                address_type: 'IPv4'
                ports { name: 'http' protocol: 'TCP' port: 8080 }
                endpoints { addresses: '%s' conditions { %s } %s }
                """
                        .formatted(name, service, ip, conditions, more),
                EndpointSlice.class);
    }

    private void put(Message object) {
        var metadata =
                switch (object) {
                    case Service service -> service.getMetadata();
                    case EndpointSlice slice -> slice.getMetadata();
                    case Namespace namespace -> namespace.getMetadata();
                    case ServiceCidr range -> range.getMetadata();
                    default -> throw new AssertionError(object);
                };
        String kind = Kinds.of(object).name();
        change(
                new Key(kind, metadata.getNamespace(), metadata.getName()),
                new Change.Put(object, image.revision() + 1));
    }

    private void remove(String kind, String namespace, String name) {
        change(new Key(kind, namespace, name), new Change.Remove(image.revision() + 1));
    }

    private void change(Key key, Change change) {
        TreeMap<Key, Change> changes = new TreeMap<>();
        changes.put(key, change);
        Step step =
                Step.of(
                        image,
                        new Delta(
                                Shards.ENDPOINT,
                                "log",
                                image.revision() + 1,
                                Frontier.EMPTY,
                                changes));
        ZoneSource.Advance advance = source.advance(step);
        source = advance.next();
        image = step.to();
        zone = zone.apply(advance.delta(), image.revision());
    }
}
