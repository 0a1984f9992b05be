package dev.weir.agent.derive;

import dev.weir.agent.derive.Selection.Scope;
import dev.weir.agent.spi.NodeImage;
import dev.weir.agent.spi.NodeSettings;
import dev.weir.agent.spi.Programmed;
import dev.weir.changes.Image;
import dev.weir.endpoint.derive.SliceLabels;
import dev.weir.model.Backend;
import dev.weir.model.Frontend;
import dev.weir.model.Frontend.Clients;
import dev.weir.model.IpAddress;
import dev.weir.model.Key;
import dev.weir.model.Kinds;
import dev.weir.model.Shards;
import dev.weir.net.v1.EndpointSlice;
import dev.weir.net.v1.Service;
import dev.weir.net.v1.ServicePort;
import dev.weir.node.v1.KernelElement;
import dev.weir.node.v1.WhyEndpoint;
import dev.weir.node.v1.WhyRequest;
import dev.weir.node.v1.WhyResponse;
import dev.weir.node.v1.WhyResponse.Verdict;
import dev.weir.node.v1.WhyService;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * What becomes of a new connection at this node, and why. The same code that derives the node's
 * image says why an endpoint is in it or not.
 */
public final class Why {
    private final NodeSettings settings;
    private final NodeImage image;
    private final Function<Frontend, List<Programmed>> shown;
    private final Image endpoint;
    private final Here here;
    private final WhyPolicy policy;
    private final WhyEnd source;
    private final WhyEnd destination;
    private final WhyPort port;
    private final Optional<IpAddress> from;
    private final Optional<IpAddress> to;

    private Why(
            WhyRequest question,
            NodeSettings settings,
            NodeImage image,
            Function<Frontend, List<Programmed>> shown) {
        Image control = shard(image, Shards.CONTROL);
        this.settings = settings;
        this.image = image;
        this.shown = shown;
        this.endpoint = shard(image, Shards.ENDPOINT);
        this.here = Here.in(control, settings);
        this.policy = new WhyPolicy(image, settings);
        String namespace = question.getNamespace().isEmpty() ? "default" : question.getNamespace();
        WhyNames names = new WhyNames(control, endpoint, settings, namespace);
        this.source = names.source(question.getSource());
        this.destination = names.destination(question.getDestination());
        this.to = common();
        this.from = to.flatMap(address -> source.address(address.v6()));
        this.port = WhyPort.of(question, destination.object().flatMap(this::service), to, image);
    }

    /**
     * Answers for a node.
     *
     * @param image what the node shall carry; its shards are what names are looked up in
     * @param shown what the planes have programmed for a frontend, asked at most once
     * @return without {@code programmed}, which the caller knows
     * @throws dev.weir.model.FailureException if the question cannot be answered by anybody
     */
    public static WhyResponse explain(
            WhyRequest question,
            NodeSettings settings,
            NodeImage image,
            Function<Frontend, List<Programmed>> shown) {
        return new Why(question, settings, image, shown).answer();
    }

    private static Image shard(NodeImage image, String name) {
        return image.shards().getOrDefault(name, Image.empty(name));
    }

    private Optional<Service> service(Key key) {
        return key.kind().equals(Kinds.SERVICE.name())
                ? endpoint.find(Service.class, key)
                : Optional.empty();
    }

    /** The destination's first address of a family that the client has, too. */
    private Optional<IpAddress> common() {
        List<IpAddress> all = destination.addresses();
        Optional<IpAddress> common =
                all.stream()
                        .filter(
                                address ->
                                        source.addresses().isEmpty()
                                                || source.address(address.v6()).isPresent())
                        .findFirst();
        if (common.isEmpty() && !all.isEmpty()) {
            throw WhyNames.bad(
                    "%s has no %s address"
                            .formatted(source, all.getFirst().v6() ? "IPv6" : "IPv4"));
        }
        return common;
    }

    private WhyResponse answer() {
        WhyResponse.Builder answer =
                WhyResponse.newBuilder()
                        .setNode(settings.nodeName())
                        .setSource(source.toProto(from.or(() -> first(source))))
                        .setDestination(destination.toProto(to))
                        .setPort(port.number())
                        .setProtocol(port.protocol().name());
        if (to.isEmpty()) {
            withoutAddress(answer);
            return answer.build();
        }
        Frontend place = new Frontend(to.get(), port.protocol(), port.number());
        Frontend own = place.of(Clients.OWN);
        Frontend frontend = source.isOwn(here) && image.services().containsKey(own) ? own : place;
        offer(frontend).ifPresentOrElse(offer -> through(offer, answer), () -> direct(answer));
        shown.apply(frontend).forEach(part -> answer.addElements(element(part)));
        return answer.build();
    }

    private static Optional<IpAddress> first(WhyEnd end) {
        return end.addresses().stream().findFirst();
    }

    private static KernelElement element(Programmed part) {
        return KernelElement.newBuilder()
                .setMap(part.map())
                .setKey(part.key())
                .setValue(part.value())
                .setDifference(part.difference())
                .build();
    }

    /** What the node's image has for the frontend, with the reasons. */
    private Optional<Offer> offer(Frontend frontend) {
        return Optional.ofNullable(image.services().get(frontend)).stream()
                .flatMap(backends -> service(backends.service()).stream())
                .flatMap(
                        service ->
                                Frontends.offers(
                                        service, Claim.of(service, settings), slices(service), here)
                                        .stream())
                .filter(offer -> offer.frontend().equals(frontend))
                .findFirst();
    }

    private List<EndpointSlice> slices(Service service) {
        Key key = Offer.key(service);
        return endpoint.in(Kinds.ENDPOINT_SLICE, key.namespace(), EndpointSlice.class)
                .filter(slice -> SliceLabels.service(slice).filter(key::equals).isPresent())
                .toList();
    }

    private void through(Offer offer, WhyResponse.Builder answer) {
        List<Backend> usable = offer.backends(here).endpoints();
        List<WhyEndpoint> endpoints =
                new WhyEndpoints(offer.selection(), WhyVerdict.policy(offer))
                        .all(
                                slices(offer.claim().service()),
                                offer.claim().port(),
                                it -> denial(offer, it.address(), it.port()));
        WhyVerdict verdict =
                WhyVerdict.of(
                        offer, usable, from, it -> denial(offer, it.address(), it.port()), here);
        answer.setVerdict(verdict.verdict())
                .setReason(verdict.reason())
                .setService(
                        WhyService.newBuilder()
                                .setKey(Offer.key(offer.claim().service()).toProto())
                                .setPortName(offer.claim().port().getName())
                                .setAddressKind(offer.claim().kind().word())
                                .setScope(WhyVerdict.scope(offer))
                                .addAllEndpoints(endpoints));
        if (verdict.verdict() == Verdict.VERDICT_FORWARD) {
            WhyMasquerade masquerade = WhyMasquerade.service(offer, usable, from, settings);
            set(masquerade, answer);
            masquerade
                    .here(usable, settings)
                    .ifPresent(own -> answer.setMasqueradeAddress(own.toString()));
        }
    }

    private Optional<String> denial(Offer offer, IpAddress target, int number) {
        return policy.denial(
                from,
                WhyMasquerade.seenElsewhere(offer, from, target, settings),
                target,
                port.protocol(),
                number);
    }

    private static void set(WhyMasquerade masquerade, WhyResponse.Builder answer) {
        answer.setMasquerade(masquerade.yes()).setMasqueradeReason(masquerade.reason());
    }

    private void direct(WhyResponse.Builder answer) {
        IpAddress address = to.orElseThrow();
        Optional<String> closed =
                port.number() == 0
                        ? Optional.empty()
                        : policy.denial(from, from, address, port.protocol(), port.number());
        WhyVerdict verdict =
                WhyVerdict.bare(address, destination, image, settings, endpoint).but(closed);
        answer.setVerdict(verdict.verdict()).setReason(verdict.reason());
        if (verdict.verdict() == Verdict.VERDICT_DIRECT) {
            set(WhyMasquerade.direct(from, destination, settings), answer);
        }
    }

    /** Only a Service may have none. */
    private void withoutAddress(WhyResponse.Builder answer) {
        Service service = destination.object().flatMap(this::service).orElseThrow();
        answer.setVerdict(Verdict.VERDICT_DIRECT).setReason(WhyVerdict.withoutAddress(service));
        Optional<ServicePort> asked = port.of(service);
        asked.ifPresent(
                found -> {
                    boolean v6 =
                            first(source)
                                    .map(IpAddress::v6)
                                    .orElse(
                                            service.getSpec().getIpFamiliesList().stream()
                                                    .findFirst()
                                                    .filter("IPv6"::equals)
                                                    .isPresent());
                    List<EndpointSlice> slices = slices(service);
                    Selection selection =
                            Selection.of(
                                    Candidate.of(service, slices, found),
                                    v6,
                                    Scope.CLUSTER,
                                    false,
                                    here);
                    answer.setService(
                            WhyService.newBuilder()
                                    .setKey(Offer.key(service).toProto())
                                    .setPortName(found.getName())
                                    .addAllEndpoints(
                                            new WhyEndpoints(selection, "")
                                                    .all(slices, found, it -> Optional.empty())));
                });
    }
}
