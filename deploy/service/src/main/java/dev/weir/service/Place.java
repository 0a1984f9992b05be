package dev.weir.service;

import dev.weir.client.ServerAddress;
import dev.weir.control.ClusterSettings;
import dev.weir.dns.wire.DnsName;
import dev.weir.dns.zone.ZoneSettings;
import dev.weir.endpoint.EndpointSettings;
import dev.weir.endpoint.allocate.AddressRange;
import dev.weir.endpoint.allocate.PortRange;
import dev.weir.log.LogException;
import dev.weir.log.kafka.KafkaConfig;
import dev.weir.log.seal.Seal;
import dev.weir.model.IpAddress;
import dev.weir.model.Shards;
import io.quarkus.runtime.configuration.ConfigurationException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The configuration as values: what the process is, and where.
 *
 * @param instance names it at the log and in the election
 * @param address where other processes reach it, "unix:///path" or "tcp://host:port"
 * @param endpoint what the endpoint service is told
 * @param seal of the Secrets, if it is the control plane
 * @param dnsListen where it answers DNS queries, if it is the DNS service
 */
record Place(
        Role role,
        String instance,
        String address,
        KafkaConfig kafka,
        ClusterSettings cluster,
        EndpointSettings endpoint,
        Duration takeoverWait,
        Optional<Seal> seal,
        List<IpAddress> dnsListen) {
    private static final Path HOST_NAME = Path.of("/proc/sys/kernel/hostname");

    /** Hosts that only mean "all of mine". */
    private static final Set<String> NOWHERE = Set.of("0.0.0.0", "::");

    Place {
        dnsListen = List.copyOf(dnsListen);
    }

    /**
     * @param client further settings of Kafka clients
     * @throws ConfigurationException with what is wrong
     */
    static Place of(ServiceConfig config, Map<String, String> client) {
        try {
            ClusterSettings cluster =
                    ClusterSettings.of(config, range -> new AddressRange(range).dns());
            return new Place(
                    config.role(),
                    config.instance().orElseGet(() -> config.role() + "-" + hostName()),
                    address(config.advertise()),
                    kafka(config, client),
                    cluster,
                    new EndpointSettings(
                            cluster.serviceCidrs(),
                            cluster.podCidrs(),
                            PortRange.of(config.serviceNodePortRange()),
                            cluster.externalIpRanges(),
                            config.maxEndpointsPerSlice()),
                    config.takeoverWait(),
                    seal(config),
                    config.dnsListen().orElse(List.of()).stream()
                            .map(IpAddress::of)
                            .sorted()
                            .toList());
        } catch (IllegalArgumentException | LogException e) {
            throw new ConfigurationException(String.valueOf(e.getMessage()));
        }
    }

    private static KafkaConfig kafka(ServiceConfig config, Map<String, String> client) {
        return new KafkaConfig(
                config.cluster(),
                config.kafka().bootstrap(),
                client,
                config.kafka().replicas(),
                KafkaConfig.MIN_COMPACTION_LAG,
                KafkaConfig.TOMBSTONES,
                config.kafka().session(),
                config.kafka().transaction(),
                config.kafka().request(),
                KafkaConfig.MAX_MESSAGE,
                config.kafka().adopt());
    }

    /** All who write Secrets, or may do so one day, need one key. */
    private static Optional<Seal> seal(ServiceConfig config) {
        if (!config.role().writes().contains(Shards.SECRET)) {
            return Optional.empty();
        }
        return Optional.of(
                Seal.of(
                        config.secretKeyFile()
                                .orElseThrow(
                                        () ->
                                                new IllegalArgumentException(
                                                        "weir.secret-key-file is not set: the "
                                                                + config.role()
                                                                + " seals Secrets with the key in"
                                                                + " this file, which is made if it"
                                                                + " is not there; all its replicas"
                                                                + " need the same"))));
    }

    private static String address(String advertise) {
        return switch (ServerAddress.parse(advertise)) {
            case ServerAddress.Unix unix -> unix.toString();
            case ServerAddress.Tcp(var host, var port) when NOWHERE.contains(host) ->
                    throw new IllegalArgumentException(
                            "weir.advertise is \""
                                    + advertise
                                    + "\", where nobody else can reach this process: name one of"
                                    + " its addresses");
            case ServerAddress.Tcp tcp -> "tcp://" + tcp;
        };
    }

    private static String hostName() {
        try {
            return Files.readString(HOST_NAME).strip();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    ZoneSettings zone() {
        return new ZoneSettings(
                DnsName.of(cluster.clusterDomain()),
                ZoneSettings.DEFAULT_TTL,
                cluster.dnsAddresses(),
                Stream.concat(cluster.podCidrs().stream(), cluster.serviceCidrs().stream())
                        .toList());
    }
}
