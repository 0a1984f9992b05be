package dev.weir.model;

import com.google.protobuf.Message;
import dev.weir.core.v1.ObjectMeta;
import java.util.List;

/**
 * One kind of object.
 *
 * @param name as in a manifest's {@code kind}
 * @param apiVersion as in a manifest's {@code apiVersion}
 * @param shard the shard that owns the objects
 * @param internal derived by a service; users can neither read nor write it through the API
 * @param prototype the default instance of its message
 */
public record Kind(
        String name,
        String apiVersion,
        String plural,
        List<String> shortNames,
        boolean namespaced,
        String shard,
        boolean internal,
        Message prototype) {

    public Kind {
        shortNames = List.copyOf(shortNames);
    }

    /** As the command line accepts it, next to the plural and the short names. */
    public String singular() {
        return name.toLowerCase(java.util.Locale.ROOT);
    }

    /** Whether a command line may call it so: plural, singular or short name, in any case. */
    public boolean isCalled(String word) {
        String lower = word.toLowerCase(java.util.Locale.ROOT);
        return plural.equals(lower) || singular().equals(lower) || shortNames.contains(lower);
    }

    /**
     * Whether its changes are told as events: what users can read is, except for what nobody but
     * they and who needs it may see.
     */
    public boolean hasEvents() {
        return !internal && !shard.equals(Shards.SECRET);
    }

    /**
     * What topics and types of events call it: its domain, name and version, e.g. {@code
     * net.service.v1} for messages of the package {@code weir.net.v1}.
     */
    public String eventName() {
        String protoPackage = prototype.getDescriptorForType().getFile().getPackage();
        int domain = protoPackage.indexOf('.');
        int version = protoPackage.lastIndexOf('.');
        return protoPackage.substring(domain + 1, version + 1)
                + singular()
                + protoPackage.substring(version);
    }

    /** Of the object that has this metadata. */
    public Key key(ObjectMeta metadata) {
        return key(metadata.getNamespace(), metadata.getName());
    }

    public Key key(String namespace, String objectName) {
        return new Key(name, namespaced ? namespace : "", objectName);
    }
}
