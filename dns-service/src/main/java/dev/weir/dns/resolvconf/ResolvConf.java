package dev.weir.dns.resolvconf;

import dev.weir.model.IpAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/**
 * A resolver configuration, resolv.conf(5).
 *
 * @param nameservers in the order to ask them
 * @param searches domains without final dot, "." for the root
 * @param options as written, such as {@code ndots:5}
 */
public record ResolvConf(List<IpAddress> nameservers, List<String> searches, List<String> options) {
    public static final int DNS_PORT = 53;

    public ResolvConf {
        nameservers = List.copyOf(nameservers);
        searches = List.copyOf(searches);
        options = List.copyOf(options);
    }

    /**
     * Parses the file as the C library does: the last {@code search} or {@code domain} counts, what
     * is not understood is passed over, and without nameserver the host's own is meant.
     *
     * <p>A nameserver with a scope ({@code fe80::1%eth0}) is passed over: it means nothing
     * elsewhere.
     */
    public static ResolvConf parse(String text) {
        List<IpAddress> nameservers = new ArrayList<>();
        List<String> searches = List.of();
        List<String> options = new ArrayList<>();
        for (String line : text.lines().toList()) {
            List<String> words = words(line);
            if (words.size() < 2) {
                continue;
            }
            List<String> values = words.subList(1, words.size());
            switch (words.getFirst()) {
                case "nameserver" -> IpAddress.parse(values.getFirst()).ifPresent(nameservers::add);
                case "search" -> searches = values.stream().map(ResolvConf::dotless).toList();
                case "domain" -> searches = List.of(dotless(values.getFirst()));
                case "options" -> options.addAll(values);
                default -> {}
            }
        }
        if (nameservers.isEmpty()) {
            nameservers.add(IpAddress.of("127.0.0.1"));
            nameservers.add(IpAddress.of("::1"));
        }
        return new ResolvConf(nameservers, searches, options);
    }

    private static List<String> words(String line) {
        String uncommented = line.replaceFirst("[#;].*", "");
        return List.of(uncommented.strip().split("\\s+"));
    }

    private static String dotless(String domain) {
        return domain.length() > 1 && domain.endsWith(".")
                ? domain.substring(0, domain.length() - 1)
                : domain;
    }

    /** The nameservers to forward to: all but our own addresses, which would be a loop. */
    public List<InetSocketAddress> upstreams(Collection<IpAddress> own) {
        return nameservers.stream()
                .filter(server -> !own.contains(server))
                .map(server -> new InetSocketAddress(server.toInetAddress(), DNS_PORT))
                .toList();
    }

    /** The file. */
    public String render() {
        StringBuilder file = new StringBuilder();
        if (!searches.isEmpty()) {
            file.append("search ").append(String.join(" ", searches)).append('\n');
        }
        nameservers.forEach(server -> file.append("nameserver ").append(server).append('\n'));
        if (!options.isEmpty()) {
            file.append("options ").append(String.join(" ", options)).append('\n');
        }
        return file.toString();
    }
}
