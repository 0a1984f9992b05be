package dev.weir.agent;

import dev.weir.agent.spi.DataPlane;
import dev.weir.agent.spi.DataPlaneProvider;
import dev.weir.agent.spi.NodeSettings;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.TreeMap;

/** The planes that are installed, by name. What is not there is refused by name. */
final class Planes {
    private final Map<String, DataPlaneProvider> installed = new TreeMap<>();

    Planes() {
        ServiceLoader.load(DataPlaneProvider.class)
                .forEach(provider -> installed.put(provider.name(), provider));
    }

    /**
     * Finds a provider.
     *
     * @param what {@code plane} or {@code fabric}, for the message
     * @param available the names that may be asked for
     * @throws IllegalArgumentException names what does not exist, and what does
     */
    DataPlaneProvider select(String what, String name, List<String> available) {
        DataPlaneProvider provider = installed.get(name);
        if (provider == null || !available.contains(name)) {
            throw new IllegalArgumentException(
                    "no "
                            + what
                            + " \""
                            + name
                            + "\" in this release; there is: "
                            + String.join(", ", available));
        }
        return provider;
    }

    DataPlane open(String name, NodeSettings settings) {
        return select("plane", name, List.of(name)).open(settings);
    }
}
