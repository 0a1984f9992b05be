package dev.weir.cli;

import dev.weir.client.WeirClient;
import dev.weir.model.ClusterIpView;
import dev.weir.model.Failure;
import dev.weir.model.IpAddress;
import dev.weir.model.Kinds;
import dev.weir.model.LabelSelectors;
import dev.weir.model.Manifests;
import dev.weir.net.v1.ParentReference;
import dev.weir.net.v1.Service;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** IPAddresses, as kubectl shows them: a view of the Services' cluster IPs, stored nowhere. */
final class IpAddressesView {
    private IpAddressesView() {}

    /** In the order of the addresses. */
    static List<Shown> read(
            WeirClient client, Optional<String> name, String selector, Instant now) {
        Optional<IpAddress> wanted = name.flatMap(IpAddress::parse);
        var labels = LabelSelectors.parse(selector);
        List<Shown> shown =
                client.list(Kinds.SERVICE, "", "").items().stream()
                        .flatMap(service -> ClusterIpView.of((Service) service))
                        .filter(
                                found ->
                                        name.isEmpty()
                                                || wanted.filter(address(found)::equals)
                                                        .isPresent())
                        .filter(
                                found ->
                                        LabelSelectors.matches(
                                                labels, found.getMetadata().getLabelsMap()))
                        .sorted(Comparator.comparing(IpAddressesView::address))
                        .map(found -> shown(found, now))
                        .toList();
        if (name.isPresent() && shown.isEmpty()) {
            throw Failure.notFound(ClusterIpView.KIND, name.get()).asException();
        }
        return shown;
    }

    private static IpAddress address(dev.weir.net.v1.IpAddress found) {
        return IpAddress.of(found.getMetadata().getName());
    }

    private static Shown shown(dev.weir.net.v1.IpAddress found, Instant now) {
        ParentReference parent = found.getSpec().getParentRef();
        return new Shown(
                Resource.typeName(ClusterIpView.KIND),
                found.getMetadata(),
                Manifests.tree(found),
                List.of("NAME", "PARENTREF", "AGE"),
                List.of(
                        found.getMetadata().getName(),
                        String.join(
                                "/", parent.getResource(), parent.getNamespace(), parent.getName()),
                        Columns.age(found.getMetadata(), now)));
    }
}
