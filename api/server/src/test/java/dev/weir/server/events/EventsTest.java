package dev.weir.server.events;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.weir.core.v1.ObjectMeta;
import dev.weir.events.v1.CloudEvent;
import dev.weir.model.Kinds;
import dev.weir.net.v1.Service;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class EventsTest {
    private static final Events EVENTS = new Events("weir");
    private static final Service WEB =
            Service.newBuilder()
                    .setMetadata(ObjectMeta.newBuilder().setNamespace("shop").setName("web"))
                    .build();

    private static CloudEvent web(Optional<ByteString> value) {
        return EVENTS.event(
                Kinds.SERVICE,
                Kinds.SERVICE.key("shop", "web"),
                17,
                value,
                Optional.of(Instant.parse("2026-03-01T12:00:00.250Z")));
    }

    @Test
    void aChangeCarriesTheObject() throws Exception {
        CloudEvent event = web(Optional.of(WEB.toByteString()));

        assertThat(event.getData().unpack(Service.class)).isEqualTo(WEB);
        assertThat(EventHeaders.of(event))
                .containsExactlyInAnyOrderEntriesOf(
                        Map.of(
                                "ce_specversion", "1.0",
                                "ce_id", "endpoint:17:Service/shop/web",
                                "ce_source", "//weir/endpoint-service",
                                "ce_type", "weir.net.service.v1.changed",
                                "ce_subject", "shop/web",
                                "ce_time", "2026-03-01T12:00:00.250Z",
                                "ce_dataschema", "proto:weir.net.v1.Service",
                                "ce_shard", "endpoint",
                                "ce_revision", "17",
                                "content-type", "application/protobuf"));
    }

    @Test
    void aRemovalCarriesItsAttributesOnly() {
        CloudEvent event = web(Optional.empty());

        assertThat(event.hasData()).isFalse();
        assertThat(event.getType()).isEqualTo("weir.net.service.v1.deleted");
        assertThat(EventHeaders.of(event)).doesNotContainKey("content-type");
    }

    @Test
    void everyKindThatUsersCanReadButSecretsHasItsNameAndItsOwner() {
        assertThat(Events.KINDS.stream().map(k -> k.eventName() + " " + EVENTS.source(k)))
                .containsExactlyInAnyOrder(
                        "core.namespace.v1 //weir/control-plane",
                        "core.node.v1 //weir/control-plane",
                        "core.pod.v1 //weir/control-plane",
                        "core.ipblock.v1 //weir/control-plane",
                        "net.service.v1 //weir/endpoint-service",
                        "net.endpointslice.v1 //weir/endpoint-service",
                        "net.addresspool.v1 //weir/endpoint-service",
                        "net.servicecidr.v1 //weir/endpoint-service",
                        "policy.networkpolicy.v1 //weir/policy-service",
                        "route.ingressclass.v1 //weir/control-plane",
                        "route.ingress.v1 //weir/control-plane",
                        "route.gatewayclass.v1 //weir/control-plane",
                        "route.gateway.v1 //weir/control-plane",
                        "route.httproute.v1 //weir/control-plane",
                        "route.referencegrant.v1 //weir/control-plane");
    }
}
