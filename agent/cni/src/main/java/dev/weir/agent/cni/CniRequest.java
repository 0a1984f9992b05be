package dev.weir.agent.cni;

import java.util.Arrays;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A CNI call as the shim sends it: the environment of the plug-in and its standard input.
 *
 * @param args CNI_ARGS, such as {@code K8S_POD_NAME=web;IP=10.1.0.4}
 * @param config the network configuration, JSON
 * @param time when the shim was called, milliseconds since 1970
 */
record CniRequest(
        String cmd,
        String containerId,
        String netns,
        String ifname,
        String args,
        String config,
        String shimVersion,
        long time) {

    CniRequest {
        cmd = orEmpty(cmd);
        containerId = orEmpty(containerId);
        netns = orEmpty(netns);
        ifname = orEmpty(ifname);
        args = orEmpty(args);
        config = orEmpty(config);
        shimVersion = orEmpty(shimVersion);
    }

    private static String orEmpty(@Nullable String text) {
        return text == null ? "" : text;
    }

    /** CNI_ARGS by name. */
    Map<String, String> arguments() {
        return Arrays.stream(args.split(";"))
                .map(pair -> pair.split("=", 2))
                .filter(pair -> pair.length == 2)
                .collect(Collectors.toMap(pair -> pair[0], pair -> pair[1], (a, b) -> b));
    }
}
