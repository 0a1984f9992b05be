package dev.weir.agent.cni;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weir.agent.cni.Attachments.Attached;
import dev.weir.agent.cni.ipam.PodAttachment;
import dev.weir.model.Cidr;
import dev.weir.model.IpAddress;
import java.util.List;

/** What a runtime reads on stdout, in the version that it speaks. */
final class CniResult {
    /** Oldest first. */
    static final List<String> VERSIONS = List.of("0.3.1", "0.4.0", "1.0.0", "1.1.0");

    private static final String LATEST = VERSIONS.getLast();
    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

    /** Index of the pod's end among the interfaces. */
    private static final int POD_END = 1;

    private CniResult() {}

    /**
     * The result of an ADD. Before 1.0.0 each address names its family; from 1.1.0 on interfaces
     * have an MTU. Both ends have their MAC address, without which podman 4 takes no result.
     */
    static ObjectNode added(String version, Attached attached, JsonNode dns) {
        PodAttachment pod = attached.attachment();
        ObjectNode result = JSON.objectNode().put("cniVersion", version);
        var interfaces = result.putArray("interfaces");
        ObjectNode host = interfaces.addObject().put("name", pod.hostInterface());
        host.put("mac", LinkIdentity.of(pod.key()).hostMac());
        ObjectNode end = interfaces.addObject().put("name", pod.key().ifname());
        end.put("mac", pod.mac()).put("sandbox", pod.netns());
        if (version.equals(LATEST)) {
            host.put("mtu", attached.mtu());
            end.put("mtu", attached.mtu());
        }
        var ips = result.putArray("ips");
        var routes = result.putArray("routes");
        for (IpAddress address : pod.addresses()) {
            String gateway = address.v6() ? PodLink.GATEWAY_V6 : PodLink.GATEWAY_V4;
            ObjectNode ip = ips.addObject();
            if (version.startsWith("0.")) {
                ip.put("version", address.v6() ? "6" : "4");
            }
            ip.put("interface", POD_END);
            ip.put("address", Cidr.host(address).toString()).put("gateway", gateway);
            routes.addObject().put("dst", address.v6() ? "::/0" : "0.0.0.0/0").put("gw", gateway);
        }
        result.set("dns", dns.isObject() ? dns : JSON.objectNode());
        return result;
    }

    /** In the version asked for if we speak it, so that a runtime can parse it. */
    static ObjectNode error(String version, int code, String message) {
        return JSON.objectNode()
                .put("cniVersion", VERSIONS.contains(version) ? version : "1.0.0")
                .put("code", code)
                .put("msg", message);
    }

    static ObjectNode versions(String version) {
        ObjectNode result =
                JSON.objectNode().put("cniVersion", version.isEmpty() ? LATEST : version);
        VERSIONS.forEach(result.putArray("supportedVersions")::add);
        return result;
    }
}
