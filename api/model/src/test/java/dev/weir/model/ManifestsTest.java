package dev.weir.model;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Message;
import dev.weir.core.v1.IntOrString;
import dev.weir.core.v1.Pod;
import dev.weir.model.Manifests.Manifest;
import dev.weir.model.Manifests.Parsed;
import dev.weir.model.Manifests.Problem;
import dev.weir.net.v1.Service;
import dev.weir.policy.v1.NetworkPolicy;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ManifestsTest {
    private static final int SEEDS = 100;

    @Test
    void readsBackWhatItWrites() {
        for (Kind kind : Kinds.ALL) {
            if (kind.internal()) {
                continue;
            }
            for (long seed = 0; seed < SEEDS; seed++) {
                Message object = new RandomObjects(seed).of(kind);

                Parsed yaml = Manifests.parse("yaml", Manifests.yaml(object));
                Parsed json = Manifests.parse("json", Manifests.json(object));

                assertReads(yaml, kind, seed, object);
                assertReads(json, kind, seed, object);
            }
        }
    }

    private static void assertReads(Parsed parsed, Kind kind, long seed, Message object) {
        assertThat(parsed.problems()).as("%s, seed %d", kind.name(), seed).isEmpty();
        assertThat(parsed.manifests())
                .as("%s, seed %d", kind.name(), seed)
                .extracting(Manifest::object)
                .containsExactly(object);
    }

    @Test
    void readsBackALongListOfAllKinds() {
        List<Message> objects = new ArrayList<>();
        Kinds.ALL.stream()
                .filter(kind -> !kind.internal())
                .forEach(kind -> objects.add(new RandomObjects(7).of(kind)));

        Parsed yaml = Manifests.parse("yaml", Manifests.yaml(objects));
        Parsed json = Manifests.parse("json", Manifests.json(objects));

        assertThat(yaml.problems()).isEmpty();
        assertThat(yaml.manifests()).extracting(Manifest::object).isEqualTo(objects);
        assertThat(json.manifests()).extracting(Manifest::object).isEqualTo(objects);
    }

    @Test
    void printsAsKubectlDoes() {
        Service service =
                Service.newBuilder()
                        .setMetadata(
                                dev.weir.core.v1.ObjectMeta.newBuilder()
                                        .setName("web")
                                        .setNamespace("default")
                                        .setResourceVersion("12")
                                        .setGeneration(2)
                                        .setCreationTimestamp(
                                                com.google.protobuf.Timestamp.newBuilder()
                                                        .setSeconds(1_767_225_600)
                                                        .setNanos(5))
                                        .putLabels("tier", "yes")
                                        .putLabels("app", "web"))
                        .setSpec(
                                dev.weir.net.v1.ServiceSpec.newBuilder()
                                        .setClusterIp("10.96.0.20")
                                        .addClusterIps("10.96.0.20")
                                        .addClusterIps("fd00::1")
                                        .addPorts(
                                                dev.weir.net.v1.ServicePort.newBuilder()
                                                        .setPort(80)
                                                        .setTargetPort(
                                                                IntOrString.newBuilder()
                                                                        .setStrVal("http"))))
                        .build();

        assertThat(Manifests.yaml(service))
                .isEqualTo(
                        """
                        apiVersion: v1
                        kind: Service
                        metadata:
                          creationTimestamp: "2026-01-01T00:00:00Z"
                          generation: 2
                          labels:
                            app: web
                            tier: "yes"
                          name: web
                          namespace: default
                          resourceVersion: "12"
                        spec:
                          clusterIP: 10.96.0.20
                          clusterIPs:
                          - 10.96.0.20
                          - "fd00::1"
                          ports:
                          - port: 80
                            targetPort: http
                        """);
        assertThat(Manifests.json(service))
                .startsWith("{\n    \"apiVersion\": \"v1\",\n    \"kind\": \"Service\",\n")
                .contains("        \"generation\": 2,\n")
                .endsWith("    }\n}\n");
    }

    @Test
    void tellsAbsentFromEmptySelectors() {
        String text =
                """
                apiVersion: networking.k8s.io/v1
                kind: NetworkPolicy
                metadata: {name: p}
                spec:
                  podSelector: {}
                  ingress:
                  - from:
                    - namespaceSelector: {}
                    - podSelector:
                """;

        NetworkPolicy policy = (NetworkPolicy) only(text);

        assertThat(policy.getSpec().hasPodSelector()).isTrue();
        var peers = policy.getSpec().getIngress(0).getFromList();
        assertThat(peers.get(0).hasNamespaceSelector()).isTrue();
        assertThat(peers.get(0).hasPodSelector()).isFalse();
        assertThat(peers.get(1).hasPodSelector()).isFalse();
    }

    @Test
    void takesAPodAsPeopleHaveIt() {
        String text =
                """
                apiVersion: v1
                kind: Pod
                metadata:
                  name: web
                  creationTimestamp: null
                  ownerReferences: [{kind: ReplicaSet, name: web-5}]
                  finalizers: [x/y]
                spec:
                  restartPolicy: Always
                  volumes: [{name: data, emptyDir: {}}]
                  containers:
                  - name: web
                    image: nginx
                    command: [nginx, -g, "daemon off;"]
                    livenessProbe: {exec: {command: [true]}}
                    ports:
                    - {containerPort: 80, name: http, hostPort: 0}
                    readinessProbe:
                      httpGet: {path: /, port: http, scheme: HTTP}
                """;

        Pod pod = (Pod) only(text);

        assertThat(pod.getSpec().getContainers(0).getPorts(0).getContainerPort()).isEqualTo(80);
        assertThat(
                        pod.getSpec()
                                .getContainers(0)
                                .getReadinessProbe()
                                .getHttpGet()
                                .getPort()
                                .getStrVal())
                .isEqualTo("http");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "spec: {ports: [{port: eighty}]}|line 4: spec.ports[0].port: expected an integer,"
                        + " got \"eighty\"",
                "spec: {ports: [{port: \"80\"}]}|line 4: spec.ports[0].port: expected an integer,"
                        + " got \"80\"",
                "spec: {ports: [{port: 80.0}]}|line 4: spec.ports[0].port: expected an integer, got"
                        + " 80.0",
                "spec: {ports: [{port: 3000000000}]}|line 4: spec.ports[0].port: expected an"
                        + " integer from -2147483648 to 2147483647, got 3000000000",
                "spec: {ports: {port: 80}}|line 4: spec.ports: expected a list, got a map",
                "spec: {ports: [80]}|line 4: spec.ports[0]: expected a map, got 80",
                "spec: {type: 1}|line 4: spec.type: expected a string, got 1",
                "spec: {type: [a]}|line 4: spec.type: expected a string, got a list",
                "spec: {selector: {app: 1}}|line 4: spec.selector[app]: expected a string, got 1",
                "spec: {selector: {1: app}}|line 4: spec.selector: expected a string as the key,"
                        + " got 1",
                "spec: {selector: {a: x, a: y}}|line 4: spec.selector.a: duplicate key, first on"
                        + " line 4",
                "spec: {ports: [{port: 80, targetPort: true}]}|line 4: spec.ports[0].targetPort:"
                        + " expected an integer or a string, got true",
                "spec: {publishNotReadyAddresses: yes}|line 4: spec.publishNotReadyAddresses:"
                        + " expected true or false, got \"yes\"",
                "spec: {ports: [{prot: TCP}]}|line 4: spec.ports[0].prot: unknown field, expected"
                        + " one of appProtocol, name, nodePort, port, protocol, targetPort",
                "spec: {cluster_ip: None}|line 4: spec.cluster_ip: unknown field, expected one of",
                "spec: 1|line 4: spec: expected a map, got 1",
                "status: {loadBalancer: []}|line 4: status.loadBalancer: expected a map, got a"
                        + " list",
                "kind: Service|line 4: kind: duplicate key, first on line 2",
                "spec: {type: !!binary aGk=}|line 4: spec.type: expected a string, got aGk=",
            })
    void namesThePlaceOfAMistake(String line, String problem) {
        String text = "apiVersion: v1\nkind: Service\nmetadata: {name: web}\n" + line + "\n";

        Parsed parsed = Manifests.parse("deploy.yaml", text);

        assertThat(parsed.manifests()).isEmpty();
        assertThat(parsed.problems()).hasSize(1);
        assertThat(parsed.problems().getFirst().toString())
                .startsWith("deploy.yaml: document 1, " + problem);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "kind: Service|line 1: apiVersion: expected a string, got nothing",
                "apiVersion: v1|line 1: kind: expected a string, got nothing",
                "{apiVersion: v1, kind: Service}|line 1: metadata.name: expected a string, got"
                        + " nothing",
                "{apiVersion: v1, kind: Pod, metadata: {name: \"\"}}|line 1: metadata.name:"
                        + " expected a string, got nothing",
                "{apiVersion: v2, kind: Service, metadata: {name: a}}|line 1: apiVersion: expected"
                        + " \"v1\" for kind \"Service\", got \"v2\"",
                "{apiVersion: apps/v1, kind: Deployment}|line 1: no matches for kind \"Deployment\""
                        + " in version \"apps/v1\"",
                "{apiVersion: v1, kind: Deployment, metadata: {name: a}}|line 1: no matches for"
                        + " kind \"Deployment\" in version \"v1\"",
                "{apiVersion: weir.dev/v1, kind: GroupMember, metadata: {name: a}}|line 1: no"
                        + " matches for kind \"GroupMember\" in version \"weir.dev/v1\"",
                "[a]|line 1: expected a map, got a list",
                "{a: [}|line 1: not YAML: ",
                "a: *b|line 1: not YAML: ",
                "{apiVersion: v1, kind: Pod, metadata: {name: a, creationTimestamp: today}}|line 1:"
                        + " metadata.creationTimestamp: expected a time as in RFC 3339, such as"
                        + " 2026-01-31T13:00:00Z, got \"today\"",
                "{apiVersion: v1, kind: Pod, metadata: {name: a}, spec: {hostNetwork: 1}}|line 1:"
                        + " spec.hostNetwork: expected true or false, got 1",
                "{apiVersion: v1, kind: Pod, metadata: {name: a}, spec: {containers:"
                        + " [{readinessProbe: {exec: {}}}]}}|line 1:"
                        + " spec.containers[0].readinessProbe.exec: expected tcpSocket, httpGet or"
                        + " grpc: exec probes are not supported",
                "{apiVersion: v1, kind: Pod, metadata: {name: a}, spec: {containers: [{ports:"
                        + " [{hostPort: 80}]}]}}|line 1: spec.containers[0].ports[0].hostPort: not"
                        + " supported",
                "{apiVersion: v1, kind: List, items: [{apiVersion: v1, kind: Pod, metadata: {name:"
                        + " 1}}]}|line 1: items[0].metadata.name: expected a string, got 1",
            })
    void namesWhatIsWrongWithAnObject(String text, String problem) {
        Parsed parsed = Manifests.parse("x.yaml", text);

        assertThat(parsed.manifests()).isEmpty();
        assertThat(parsed.problems()).isNotEmpty();
        assertThat(parsed.problems().getFirst().toString())
                .startsWith("x.yaml: document 1, " + problem);
    }

    @Test
    void collectsEverythingThatIsWrong() {
        String text =
                """
                apiVersion: v1
                kind: Service
                metadata: {name: good}
                ---
                # nothing here
                ---
                apiVersion: v1
                kind: Service
                metadata: {name: bad, labels: 1}
                spec:
                  ports:
                  - port: eighty
                    protocl: TCP
                ---
                apiVersion: apps/v1
                kind: Deployment
                """;

        Parsed parsed = Manifests.parse("deploy.yaml", text);

        assertThat(parsed.manifests())
                .extracting(Manifest::document, Manifest::line, Manifest::kind)
                .containsExactly(org.assertj.core.groups.Tuple.tuple(1, 1, Kinds.SERVICE));
        assertThat(parsed.problems())
                .extracting(Problem::toString)
                .satisfiesExactly(
                        first ->
                                assertThat(first)
                                        .isEqualTo(
                                                "deploy.yaml: document 3, line 9: metadata.labels:"
                                                        + " expected a map, got 1"),
                        second ->
                                assertThat(second)
                                        .isEqualTo(
                                                "deploy.yaml: document 3, line 12:"
                                                    + " spec.ports[0].port: expected an integer,"
                                                    + " got \"eighty\""),
                        third ->
                                assertThat(third)
                                        .startsWith(
                                                "deploy.yaml: document 3, line 13:"
                                                        + " spec.ports[0].protocl: unknown field"),
                        fourth ->
                                assertThat(fourth)
                                        .isEqualTo(
                                                "deploy.yaml: document 4, line 15: no matches for"
                                                        + " kind \"Deployment\" in version"
                                                        + " \"apps/v1\""));
        assertThat(parsed.problems().getLast()).isInstanceOf(Problem.UnknownKind.class);
    }

    @Test
    void refusesWhatWouldGrowOrNestWithoutEnd() {
        String nested = "a: " + "[".repeat(50_000) + "]".repeat(50_000);
        StringBuilder laughs = new StringBuilder("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
        for (int i = 1; i < 20; i++) {
            laughs.append("a%d: &a%d [*a%d, *a%d]\n".formatted(i, i, i - 1, i - 1));
        }
        String bomb = laughs + "apiVersion: v1\nkind: List\nitems: [*a19, *a19]\n";
        String wide =
                "apiVersion: v1\nkind: List\nitems: [&x {apiVersion: v1, kind: Service,"
                        + " metadata: {name: a}, spec: {externalIPs: ["
                        + "a, ".repeat(100_000)
                        + "]}}"
                        + ", *x".repeat(45)
                        + "]\n";
        String loop = "&a {apiVersion: v1, kind: List, items: [*a]}";
        String huge = "a: " + "x".repeat(ManifestReader.MAX_SOURCE_SIZE);

        assertThat(first(nested)).contains("more than 64 maps and lists inside each other");
        assertThat(first(bomb)).isNotEmpty();
        assertThat(Manifests.parse("x.yaml", wide).problems().toString())
                .contains("more than 4000000 values in one document");
        assertThat(first(loop)).contains("no matches for kind \"List\"");
        assertThat(first(huge)).contains("more than 33554432 characters");
    }

    @Test
    void takesJsonWithTabsAndSlashes() {
        String text =
                "{\n"
                    + "\t\"apiVersion\": \"v1\",\n"
                    + "\t\"kind\": \"Service\",\n"
                    + "\t\"metadata\": {\"name\": \"web\", \"annotations\": {\"a\": \"b\\/c\"}}\n"
                    + "}\n";

        Service service = (Service) only(text);

        assertThat(service.getMetadata().getAnnotationsOrThrow("a")).isEqualTo("b/c");
    }

    private static String first(String text) {
        return Manifests.parse("x.yaml", text).problems().getFirst().toString();
    }

    private static Message only(String text) {
        Parsed parsed = Manifests.parse("x.yaml", text);
        assertThat(parsed.problems()).isEmpty();
        assertThat(parsed.manifests()).hasSize(1);
        return parsed.manifests().getFirst().object();
    }
}
