package dev.weir.agent.nft;

import dev.weir.agent.spi.NodeDelta;
import dev.weir.agent.spi.NodeImage;
import dev.weir.agent.spi.NodeSettings;
import dev.weir.model.IpAddress;
import java.util.ArrayList;
import java.util.List;

/**
 * What the plane makes of images: Services on the one side, pods, policies and nodes on the other,
 * each beside what the kernel is known to have. Owned by the plane's thread.
 */
record Desired(NodeSettings settings, ServiceTable services, PolicyTable policies) {

    /** Ranges and nodes of the image, and none of its objects. */
    static Desired before(NodeImage image, NodeSettings settings) {
        ServiceTable services = new ServiceTable(image.serviceCidrs(settings));
        Desired desired = new Desired(settings, services, new PolicyTable());
        desired.policies.nodes(desired.nodes(image));
        return desired;
    }

    void follow(NodeImage image, NodeDelta delta) {
        if (delta.serviceCidrs().isPresent()) {
            services.live().ranges(image.serviceCidrs(settings));
        }
        if (!delta.routes().isEmpty()) {
            policies.nodes(nodes(image));
        }
        policies.pods(delta.pods().puts(), delta.pods().removes());
        delta.groups().puts().forEach(policies::group);
        delta.groups().removes().forEach(policies::ungroup);
        if (!delta.announcements().isEmpty()) {
            services.live().announce(image.announcements().keySet());
        }
        delta.services().puts().forEach(services::desire);
        delta.services().removes().forEach(services::undesire);
    }

    /** Routes are the fabric's; here they only say which addresses other nodes have. */
    private List<IpAddress> nodes(NodeImage image) {
        List<IpAddress> nodes = new ArrayList<>(settings.addresses());
        nodes.addAll(image.routes().values());
        return nodes;
    }

    void found(Found found) {
        services.found(found.services());
        services.live().found(found.live());
        policies.found(found.elements());
    }
}
