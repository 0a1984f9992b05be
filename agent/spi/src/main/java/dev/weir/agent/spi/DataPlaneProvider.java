package dev.weir.agent.spi;

/**
 * Found by {@link java.util.ServiceLoader}: how the agent gets at a plane without knowing its
 * class.
 */
public interface DataPlaneProvider {
    /** As in {@code --planes}. */
    String name();

    /**
     * Prepares the plane and changes nothing that carries traffic. Throws IllegalStateException
     * when it cannot work here.
     */
    DataPlane open(NodeSettings settings);
}
