package dev.weir.endpoint.admission;

import dev.weir.endpoint.allocate.ClusterIps;
import dev.weir.model.FieldError;
import dev.weir.model.IpAddress;
import dev.weir.model.check.FieldErrors;
import dev.weir.model.check.Networks;
import dev.weir.net.v1.ServiceSpec;
import dev.weir.net.v1.ServiceSpecOrBuilder;
import java.util.List;
import java.util.Optional;

/**
 * Which address families a Service has, and in which order: clusterIPs, ipFamilies and
 * ipFamilyPolicy must agree.
 */
final class IpFamilies {
    static final String IPV4 = "IPv4";
    static final String IPV6 = "IPv6";
    static final String SINGLE_STACK = "SingleStack";
    static final String PREFER_DUAL_STACK = "PreferDualStack";
    static final String REQUIRE_DUAL_STACK = "RequireDualStack";

    private IpFamilies() {}

    static String of(IpAddress address) {
        return address.v6() ? IPV6 : IPV4;
    }

    /** What holds whatever the ranges of the cluster are. */
    static void check(ServiceSpecOrBuilder spec, FieldErrors errors) {
        List<String> families = spec.getIpFamiliesList();
        for (int i = 0; i < families.size(); i++) {
            String path = "spec.ipFamilies[" + i + "]";
            String family = families.get(i);
            if (!family.equals(IPV4) && !family.equals(IPV6)) {
                errors.add(FieldError.notSupported(path, family, IPV4, IPV6));
            } else if (families.indexOf(family) < i) {
                errors.add(FieldError.duplicate(path, family));
            }
        }
        if (spec.hasIpFamilyPolicy()
                && !List.of(PREFER_DUAL_STACK, REQUIRE_DUAL_STACK, SINGLE_STACK)
                        .contains(spec.getIpFamilyPolicy())) {
            errors.add(
                    FieldError.notSupported(
                            "spec.ipFamilyPolicy",
                            spec.getIpFamilyPolicy(),
                            PREFER_DUAL_STACK,
                            REQUIRE_DUAL_STACK,
                            SINGLE_STACK));
        }
        addresses(spec, errors);
    }

    private static void addresses(ServiceSpecOrBuilder spec, FieldErrors errors) {
        List<String> texts = spec.getClusterIpsList();
        if (texts.isEmpty()) {
            return;
        }
        if (!texts.getFirst().equals(spec.getClusterIp())) {
            errors.invalid("spec.clusterIPs", texts, "first value must match `clusterIP`");
        }
        if (ServiceAdmission.isHeadless(spec)) {
            if (texts.size() > 1) {
                errors.invalid("spec.clusterIPs", texts, "'None' must be the first and only value");
            }
            return;
        }
        if (texts.size() > 2) {
            errors.invalid("spec.clusterIPs", texts, "may only hold up to 2 values");
        }
        FieldErrors wrong = new FieldErrors();
        for (int i = 0; i < texts.size(); i++) {
            Networks.address("spec.clusterIPs[" + i + "]", texts.get(i), wrong);
        }
        wrong.list().forEach(errors::add);
        if (wrong.isEmpty()) {
            agree(texts, spec.getIpFamiliesList(), errors);
        }
    }

    private static void agree(List<String> texts, List<String> families, FieldErrors errors) {
        List<String> found = texts.stream().map(text -> of(IpAddress.of(text))).toList();
        if (found.stream().distinct().count() < Math.min(found.size(), 2)) {
            errors.invalid(
                    "spec.clusterIPs", texts, "may specify no more than one IP for each IP family");
        }
        for (int i = 0; i < Math.min(found.size(), families.size()); i++) {
            if (!found.get(i).equals(families.get(i))) {
                errors.invalid(
                        "spec.clusterIPs[" + i + "]",
                        texts.get(i),
                        "expected an %s value as indicated by `ipFamilies[%d]`"
                                .formatted(families.get(i), i));
            }
        }
    }

    /**
     * Fills in policy and families for this cluster, or says why it cannot. The spec has passed
     * {@link #check}.
     */
    static void settle(
            Optional<ServiceSpec> old,
            ServiceSpec.Builder spec,
            ClusterIps addresses,
            FieldErrors errors) {
        if (spec.getType().equals(ServiceAdmission.EXTERNAL_NAME)
                || old.isPresent() && isSettled(old.get(), spec)) {
            return;
        }
        boolean selectorless = ServiceAdmission.isHeadless(spec) && spec.getSelectorCount() == 0;
        if (!spec.hasIpFamilyPolicy()) {
            spec.setIpFamilyPolicy(selectorless ? REQUIRE_DUAL_STACK : SINGLE_STACK);
        }
        old.ifPresent(before -> release(before, spec));
        fitPolicy(spec, errors);
        inferFromAddresses(spec, addresses, errors);
        if (errors.isEmpty() && !selectorless) {
            fitCluster(spec, addresses, errors);
        }
        if (!errors.isEmpty()) {
            return;
        }
        if (spec.getIpFamiliesCount() == 0) {
            spec.addIpFamilies(addresses.ranges().own().getFirst().cidr().v6() ? IPV6 : IPV4);
        }
        boolean second = selectorless || addresses.has(false) && addresses.has(true);
        if (second
                && spec.getIpFamiliesCount() == 1
                && !spec.getIpFamilyPolicy().equals(SINGLE_STACK)) {
            spec.addIpFamilies(spec.getIpFamilies(0).equals(IPV4) ? IPV6 : IPV4);
        }
    }

    /**
     * A Service that prefers two families is neither given nor robbed of one because the cluster's
     * ranges changed.
     */
    private static boolean isSettled(ServiceSpec old, ServiceSpec.Builder spec) {
        return old.getIpFamilyPolicy().equals(PREFER_DUAL_STACK)
                && spec.getIpFamilyPolicy().equals(PREFER_DUAL_STACK)
                && old.getClusterIpsList().equals(spec.getClusterIpsList())
                && old.getIpFamiliesList().equals(spec.getIpFamiliesList());
    }

    /** Going back to one family, without naming the one to drop, drops the second. */
    private static void release(ServiceSpec old, ServiceSpec.Builder spec) {
        if (!spec.getIpFamilyPolicy().equals(SINGLE_STACK)) {
            return;
        }
        if (spec.getClusterIpsCount() > 1
                && old.getClusterIpsList().equals(spec.getClusterIpsList())) {
            spec.clearClusterIps().addClusterIps(old.getClusterIps(0));
        }
        if (spec.getIpFamiliesCount() > 1
                && old.getIpFamiliesList().equals(spec.getIpFamiliesList())) {
            spec.clearIpFamilies().addIpFamilies(old.getIpFamilies(0));
        }
    }

    private static void fitPolicy(ServiceSpec.Builder spec, FieldErrors errors) {
        if (!spec.getIpFamilyPolicy().equals(SINGLE_STACK)) {
            return;
        }
        String must =
                "must be 'RequireDualStack' or 'PreferDualStack' when multiple %s are specified";
        if (spec.getClusterIpsCount() == 2) {
            errors.invalid("spec.ipFamilyPolicy", SINGLE_STACK, must.formatted("cluster IPs"));
        }
        if (spec.getIpFamiliesCount() == 2) {
            errors.invalid("spec.ipFamilyPolicy", SINGLE_STACK, must.formatted("IP families"));
        }
    }

    private static void inferFromAddresses(
            ServiceSpec.Builder spec, ClusterIps addresses, FieldErrors errors) {
        if (ServiceAdmission.isHeadless(spec)) {
            return;
        }
        for (int i = spec.getIpFamiliesCount(); i < spec.getClusterIpsCount(); i++) {
            IpAddress address = IpAddress.of(spec.getClusterIps(i));
            if (!addresses.has(address.v6())) {
                errors.invalid(
                        "spec.clusterIPs[" + i + "]",
                        spec.getClusterIpsList(),
                        of(address) + " is not configured on this cluster");
            } else {
                spec.addIpFamilies(of(address));
            }
        }
    }

    private static void fitCluster(
            ServiceSpec.Builder spec, ClusterIps addresses, FieldErrors errors) {
        if (spec.getIpFamilyPolicy().equals(REQUIRE_DUAL_STACK)
                && !(addresses.has(false) && addresses.has(true))) {
            errors.invalid(
                    "spec.ipFamilyPolicy",
                    REQUIRE_DUAL_STACK,
                    "this cluster is not configured for dual-stack services");
        }
        for (int i = 0; i < spec.getIpFamiliesCount(); i++) {
            if (!addresses.has(spec.getIpFamilies(i).equals(IPV6))) {
                errors.invalid(
                        "spec.ipFamilies[" + i + "]",
                        spec.getIpFamilies(i),
                        "not configured on this cluster");
            }
        }
    }
}
