package dev.weir.agent.cni.ipam;

/**
 * What makes an attachment unique (CNI specification 1.1.0, "Container lifecycle").
 *
 * @param network the name in the network configuration; empty for what the agent itself reserves
 */
public record AttachmentKey(String network, String containerId, String ifname) {
    private static final String RESERVED = "";

    /** For an address that no CNI call can ask for or give back. */
    public static AttachmentKey reserved(String name) {
        return new AttachmentKey(RESERVED, name, "");
    }

    /** True for an address of the agent itself: it has no link. */
    public boolean isReserved() {
        return network.equals(RESERVED);
    }

    /** {@code network/container/interface}; none of the parts holds a slash. */
    @Override
    public String toString() {
        return network + "/" + containerId + "/" + ifname;
    }
}
