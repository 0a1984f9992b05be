package dev.weir.broker;

import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What a broker is started with.
 *
 * @param data holds all that the broker keeps, and nothing else
 * @param listen where clients connect to
 * @param advertise what clients are told to connect to
 * @param settings broker settings over the defaults of {@link BrokerSettings}
 * @param whileInputOpen ends with its standard input, so that it does not outlive who forked it
 */
record BrokerOptions(
        Path data,
        InetSocketAddress listen,
        InetSocketAddress advertise,
        Map<String, String> settings,
        boolean whileInputOpen) {
    static final String USAGE =
            "usage: broker --data DIR --listen HOST:PORT [--advertise HOST:PORT]"
                    + " [--set key=value]... [--while-input-open]";
    private static final int MAX_PORT = 65535;

    BrokerOptions {
        settings = Map.copyOf(settings);
    }

    /** Throws BrokerException for what is missing or not understood. */
    static BrokerOptions parse(List<String> arguments) {
        Optional<Path> data = Optional.empty();
        Optional<InetSocketAddress> listen = Optional.empty();
        Optional<InetSocketAddress> advertise = Optional.empty();
        boolean whileInputOpen = false;
        Map<String, String> settings = new TreeMap<>();
        Deque<String> left = new ArrayDeque<>(arguments);
        while (!left.isEmpty()) {
            String option = left.remove();
            switch (option) {
                case "--data" -> data = Optional.of(Path.of(value(option, left)));
                case "--listen" -> listen = Optional.of(address(option, value(option, left)));
                case "--advertise" -> advertise = Optional.of(address(option, value(option, left)));
                case "--set" -> {
                    String[] setting = value(option, left).split("=", 2);
                    if (setting.length != 2 || setting[0].isBlank()) {
                        throw new BrokerException("--set takes key=value. " + USAGE);
                    }
                    settings.put(setting[0], setting[1]);
                }
                case "--while-input-open" -> whileInputOpen = true;
                default -> throw new BrokerException("unknown option " + option + ". " + USAGE);
            }
        }
        InetSocketAddress at =
                listen.orElseThrow(() -> new BrokerException("--listen is missing. " + USAGE));
        if (advertise.isEmpty() && !at.isUnresolved() && at.getAddress().isAnyLocalAddress()) {
            throw new BrokerException(
                    "--listen on all addresses needs --advertise HOST:PORT, where clients connect");
        }
        return new BrokerOptions(
                data.orElseThrow(() -> new BrokerException("--data is missing. " + USAGE))
                        .toAbsolutePath()
                        .normalize(),
                at,
                advertise.orElse(at),
                settings,
                whileInputOpen);
    }

    private static String value(String option, Deque<String> left) {
        if (left.isEmpty()) {
            throw new BrokerException(option + " needs a value. " + USAGE);
        }
        return left.remove();
    }

    private static InetSocketAddress address(String option, String value) {
        int colon = value.lastIndexOf(':');
        try {
            int port = Integer.parseInt(value.substring(colon + 1));
            if (colon > 0 && port > 0 && port <= MAX_PORT) {
                return new InetSocketAddress(host(value.substring(0, colon)), port);
            }
        } catch (NumberFormatException e) {
            // said below
        }
        throw new BrokerException(
                option + " takes HOST:PORT or [IPV6]:PORT, not \"" + value + "\"");
    }

    private static String host(String host) {
        boolean bracketed = host.startsWith("[") && host.endsWith("]");
        return bracketed ? host.substring(1, host.length() - 1) : host;
    }

    /** As Kafka and its clients write it: an IPv6 address in brackets. */
    static String text(InetSocketAddress address) {
        String host = address.getHostString();
        return (host.contains(":") ? "[" + host + "]" : host) + ":" + address.getPort();
    }
}
