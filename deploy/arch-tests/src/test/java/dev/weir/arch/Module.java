package dev.weir.arch;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The modules, each with its packages and what its classes may name. Arrows point only to what
 * stands above.
 */
enum Module {
    PROTO(
            List.of(
                    "dev.weir.core.v1",
                    "dev.weir.dns.v1",
                    "dev.weir.net.v1",
                    "dev.weir.policy.v1",
                    "dev.weir.route.v1",
                    "dev.weir.node.v1",
                    "dev.weir.log.v1",
                    "dev.weir.events.v1")),
    MODEL("dev.weir.model", PROTO),
    CHANGES("dev.weir.changes", PROTO, MODEL),
    LOG("dev.weir.log", PROTO, MODEL, CHANGES),
    LOG_KAFKA("dev.weir.log.kafka", PROTO, MODEL, CHANGES, LOG),
    SERVER("dev.weir.server", PROTO, MODEL, CHANGES, LOG),
    CLIENT(List.of("dev.weir.client", "dev.weir.cli"), PROTO, MODEL, CHANGES),

    // The services know nothing of each other: they meet in the log.
    ROUTING("dev.weir.routing", PROTO, MODEL, CHANGES),
    CONTROL("dev.weir.control", PROTO, MODEL, CHANGES, LOG, SERVER, ROUTING),
    ENDPOINT("dev.weir.endpoint", PROTO, MODEL, CHANGES, LOG, SERVER),
    DNS("dev.weir.dns", PROTO, MODEL, CHANGES, LOG, SERVER),
    POLICY("dev.weir.policy", PROTO, MODEL, CHANGES, LOG, SERVER),

    SPI("dev.weir.agent.spi", PROTO, MODEL, CHANGES),
    LINUX("dev.weir.agent.linux"),
    NFT("dev.weir.agent.nft", PROTO, MODEL, CHANGES, SPI, LINUX),
    L2("dev.weir.agent.l2", PROTO, MODEL, CHANGES, SPI, LINUX),
    L7("dev.weir.agent.l7", PROTO, MODEL, CHANGES, SPI, ROUTING),
    CNI("dev.weir.agent.cni", PROTO, MODEL, CHANGES, SPI, LINUX),
    // Finds its planes with ServiceLoader, and never names one.
    AGENT(
            "dev.weir.agent",
            PROTO,
            MODEL,
            CHANGES,
            LOG,
            LOG_KAFKA,
            CLIENT,
            ENDPOINT,
            DNS,
            POLICY,
            SPI,
            LINUX,
            CNI),

    BROKER("dev.weir.broker"),
    STANDALONE(
            "dev.weir.standalone",
            PROTO,
            MODEL,
            CHANGES,
            LOG,
            SERVER,
            CONTROL,
            ENDPOINT,
            DNS,
            POLICY),
    SERVICE(
            "dev.weir.service",
            PROTO,
            MODEL,
            CHANGES,
            LOG,
            LOG_KAFKA,
            SERVER,
            CLIENT,
            CONTROL,
            ENDPOINT,
            DNS,
            POLICY),
    LAB("dev.weir.lab", PROTO, MODEL, CHANGES, CLIENT),
    // Finds the nft plane with ServiceLoader, too; of the L7 plane it measures the proxy alone.
    BENCH("dev.weir.bench", PROTO, MODEL, CHANGES, CLIENT, ROUTING, SPI, LINUX, L7, LAB);

    private final List<String> packages;
    private final List<Module> uses;

    Module(String topPackage, Module... uses) {
        this(List.of(topPackage), uses);
    }

    Module(List<String> packages, Module... uses) {
        this.packages = packages;
        this.uses = List.of(uses);
    }

    /**
     * The module with the longest package that holds the class: dev.weir.agent.spi is not the
     * agent's.
     */
    private static Optional<Module> of(JavaClass type) {
        return Arrays.stream(values())
                .filter(module -> module.longestPrefix(type.getPackageName()) > 0)
                .max(Comparator.comparing(module -> module.longestPrefix(type.getPackageName())));
    }

    private int longestPrefix(String name) {
        return packages.stream()
                .filter(prefix -> name.equals(prefix) || name.startsWith(prefix + "."))
                .mapToInt(String::length)
                .max()
                .orElse(0);
    }

    DescribedPredicate<JavaClass> classes() {
        return DescribedPredicate.describe(
                "belong to " + this, type -> of(type).filter(this::equals).isPresent());
    }

    /** Its own classes, those of the modules it uses, and everything that is not ours. */
    DescribedPredicate<JavaClass> mayName() {
        List<Module> allowed = Stream.concat(Stream.of(this), uses.stream()).toList();
        return DescribedPredicate.describe(
                "belong to one of " + allowed + " or to nobody here",
                type ->
                        !type.getPackageName().startsWith("dev.weir.")
                                || of(type).filter(allowed::contains).isPresent());
    }
}
