package dev.weir.control.admission;

import dev.weir.core.v1.PodDnsConfig;
import dev.weir.core.v1.PodSpec;
import dev.weir.model.FieldError;
import dev.weir.model.check.FieldErrors;
import dev.weir.model.check.Names;
import dev.weir.model.check.Networks;

/** A pod's dnsPolicy and dnsConfig, within what a resolv.conf can hold. */
final class DnsSettings {
    private static final int MOST_NAMESERVERS = 3;
    private static final int MOST_SEARCHES = 32;
    private static final int SEARCH_CHARACTERS = 2048;

    private DnsSettings() {}

    static void check(PodSpec spec, FieldErrors errors) {
        switch (spec.getDnsPolicy()) {
            case "ClusterFirst", "ClusterFirstWithHostNet", "Default" -> {}
            case "None" -> {
                if (!spec.hasDnsConfig()) {
                    errors.required(
                            "spec.dnsConfig", "must provide `dnsConfig` when `dnsPolicy` is None");
                } else if (spec.getDnsConfig().getNameserversCount() == 0) {
                    errors.required(
                            "spec.dnsConfig.nameservers",
                            "must provide at least one DNS nameserver when `dnsPolicy` is None");
                }
            }
            default ->
                    errors.add(
                            FieldError.notSupported(
                                    "spec.dnsPolicy",
                                    spec.getDnsPolicy(),
                                    "ClusterFirst",
                                    "ClusterFirstWithHostNet",
                                    "Default",
                                    "None"));
        }
        config(spec.getDnsConfig(), errors);
    }

    private static void config(PodDnsConfig config, FieldErrors errors) {
        String path = "spec.dnsConfig";
        if (config.getNameserversCount() > MOST_NAMESERVERS) {
            errors.invalid(
                    path + ".nameservers",
                    config.getNameserversList(),
                    "must not have more than " + MOST_NAMESERVERS + " nameservers");
        }
        for (int i = 0; i < config.getNameserversCount(); i++) {
            Networks.address(path + ".nameservers[" + i + "]", config.getNameservers(i), errors);
        }
        if (config.getSearchesCount() > MOST_SEARCHES) {
            errors.invalid(
                    path + ".searches",
                    config.getSearchesList(),
                    "must not have more than " + MOST_SEARCHES + " search paths");
        }
        if (String.join(" ", config.getSearchesList()).length() > SEARCH_CHARACTERS) {
            errors.invalid(
                    path + ".searches",
                    config.getSearchesList(),
                    "must not have more than "
                            + SEARCH_CHARACTERS
                            + " characters (including spaces) in the search list");
        }
        for (int i = 0; i < config.getSearchesCount(); i++) {
            String search = config.getSearches(i);
            String domain =
                    search.endsWith(".") ? search.substring(0, search.length() - 1) : search;
            if (!search.equals(".")) {
                errors.invalid(
                        path + ".searches[" + i + "]", search, Names.dns1123Subdomain(domain));
            }
        }
        for (int i = 0; i < config.getOptionsCount(); i++) {
            if (config.getOptions(i).getName().isEmpty()) {
                errors.required(path + ".options[" + i + "]", "must not be empty");
            }
        }
    }
}
