package dev.weir.agent;

import dev.weir.agent.spi.DataPlaneProvider;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.TreeMap;

/** The planes that are installed, by name. What is not there is refused by name. */
final class Planes {
    private final Map<String, DataPlaneProvider> installed = new TreeMap<>();

    Planes() {
        ServiceLoader.load(DataPlaneProvider.class).forEach(provider -> installed.put(provider.name(), provider));
    }

    /** For tests and for planes that are part of the agent. */
    Planes with(DataPlaneProvider provider) {
        installed.put(provider.name(), provider);
        return this;
    }

    /**
     * In the order asked for, duplicates left out.
     *
     * @param what {@code plane} or {@code fabric}, for the message
     * @throws IllegalArgumentException names what does not exist, and what does
     */
    List<DataPlaneProvider> select(String what, List<String> names, List<String> available) {
        return names.stream()
                .distinct()
                .map(
                        name -> {
                            DataPlaneProvider provider = installed.get(name);
                            if (provider == null || !available.contains(name)) {
                                throw new IllegalArgumentException(
                                        "no " + what + " \"" + name + "\" in this release; there is: "
                                                + String.join(", ", available));
                            }
                            return provider;
                        })
                .sorted(Comparator.comparingInt(provider -> available.indexOf(provider.name())))
                .toList();
    }
}
