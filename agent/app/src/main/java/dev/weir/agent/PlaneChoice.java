package dev.weir.agent;

import dev.weir.agent.spi.DataPlane;
import dev.weir.agent.spi.NodeSettings;
import java.util.ArrayList;
import java.util.List;

/**
 * The planes that an agent was started with. What does not exist in this release is refused by
 * name.
 *
 * @param kernel planes found as plug-ins, the fabric first: the order in which additions reach them
 * @param dns whether names are answered here
 */
record PlaneChoice(List<String> kernel, boolean dns) {
    private static final String DNS = "dns";
    private static final List<String> FABRICS = List.of("direct");
    private static final List<String> PLANES = List.of("nft", "l2", DNS);

    /** Throws IllegalArgumentException with what there is. */
    static PlaneChoice of(List<String> planes, String fabric) {
        Planes installed = new Planes();
        List<String> kernel = new ArrayList<>();
        kernel.add(installed.select("fabric", fabric, FABRICS).name());
        for (String plane : planes) {
            if (!plane.equals(DNS) && !kernel.contains(plane)) {
                kernel.add(installed.select("plane", plane, PLANES).name());
            }
        }
        return new PlaneChoice(kernel, planes.contains(DNS));
    }

    /**
     * Opened, in the order in which additions reach them: addresses before the names that lead to
     * them.
     *
     * @param ownPlanes those of the agent itself, after the others
     */
    List<PlaneDriver> open(NodeSettings settings, List<? extends DataPlane> ownPlanes) {
        Planes installed = new Planes();
        List<DataPlane> planes = new ArrayList<>();
        kernel.forEach(name -> planes.add(installed.open(name, settings)));
        planes.addAll(ownPlanes);
        return planes.stream().map(PlaneDriver::new).toList();
    }
}
