package dev.weir.endpoint;

import dev.weir.changes.Image;
import dev.weir.changes.Stored;
import dev.weir.endpoint.allocate.AddressRange;
import dev.weir.endpoint.allocate.ClusterIps;
import dev.weir.model.Key;
import dev.weir.model.Kinds;
import dev.weir.net.v1.Service;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;

/**
 * Who has which cluster IP in an image of the shard. Only an index: it is made from the Services,
 * and brought along from one image to the next by comparing them. Owned by the shard's writer
 * thread.
 */
final class ClusterIpIndex {
    private Image image;
    private ClusterIps addresses;

    ClusterIpIndex(String shard, List<AddressRange> ranges) {
        this.image = Image.empty(shard);
        this.addresses = ClusterIps.empty(ranges);
    }

    ClusterIps in(Image now) {
        if (now.objects() != image.objects()) {
            SortedMap<Key, Stored> before = services(image);
            SortedMap<Key, Stored> after = services(now);
            // Addresses are given back before they are taken, since one may have changed hands.
            for (Map.Entry<Key, Stored> entry : before.entrySet()) {
                if (after.get(entry.getKey()) != entry.getValue()) {
                    addresses = addresses.after(service(entry.getValue()), Optional.empty());
                }
            }
            for (Map.Entry<Key, Stored> entry : after.entrySet()) {
                if (before.get(entry.getKey()) != entry.getValue()) {
                    addresses = addresses.after(Optional.empty(), service(entry.getValue()));
                }
            }
            image = now;
        }
        return addresses;
    }

    private static SortedMap<Key, Stored> services(Image image) {
        String kind = Kinds.SERVICE.name();
        return image.objects().subMap(new Key(kind, "", ""), new Key(kind + "\0", "", ""));
    }

    private static Optional<Service> service(Stored stored) {
        return Optional.of((Service) stored.value());
    }
}
