package dev.weir.agent.nft;

import dev.weir.agent.linux.NftElement;
import dev.weir.agent.linux.NftTables;
import dev.weir.agent.linux.NftValue;
import dev.weir.agent.spi.Programmed;
import dev.weir.model.Frontend;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What is programmed for one frontend, in nft's words, each element asked of the kernel by key. */
final class Shown {
    private static final String NOTHING = "nothing";

    private final NftTables tables;
    private final BalancerCodes codes;
    private final Frontend frontend;
    private final List<Programmed> parts = new ArrayList<>();

    private Shown(NftTables tables, BalancerCodes codes, Frontend frontend) {
        this.tables = tables;
        this.codes = codes;
        this.frontend = frontend;
    }

    static List<Programmed> of(
            NftTables tables, BalancerCodes codes, ServiceTable services, Frontend frontend)
            throws IOException {
        Shown shown = new Shown(tables, codes, frontend);
        shown.compare(services.live().element(frontend.address()), services.live().wants(frontend));
        Optional<Target> target = services.wanted(frontend);
        Map<ElementKey, NftElement> elements = new LinkedHashMap<>();
        target.ifPresent(t -> elements.putAll(t.elements(frontend)));
        ElementKey limit =
                new ElementKey(ServiceElements.sources(frontend), ServiceElements.key(frontend));
        ElementKey entry =
                new ElementKey(ServiceElements.services(frontend), ServiceElements.key(frontend));
        shown.compare(limit, Optional.ofNullable(elements.remove(limit)).map(NftElement::value));
        shown.near();
        shown.compare(entry, target.map(t -> t.entry(frontend, codes).value()));
        for (Map.Entry<ElementKey, NftElement> element : elements.entrySet()) {
            shown.compare(element.getKey(), Optional.of(element.getValue().value()));
        }
        return List.copyOf(shown.parts);
    }

    /** What is neither wanted nor there is not worth a word. */
    private void compare(ElementKey key, Optional<NftValue> wanted) throws IOException {
        Optional<NftValue> found =
                tables.element(Layout.TABLE, key.set(), key.data()).map(NftElement::value);
        if (wanted.isEmpty() && found.isEmpty()) {
            return;
        }
        String difference = wanted.equals(found) ? "" : text(key, found);
        parts.add(new Programmed(key.set(), key(key), text(key, wanted), difference));
    }

    /** A lease is nobody's wish for long: it is there or not. */
    private void near() throws IOException {
        ElementKey key =
                new ElementKey(ServiceElements.near(frontend), ServiceElements.key(frontend));
        Optional<NftElement> lease = tables.element(Layout.TABLE, key.set(), key.data());
        if (lease.isPresent()) {
            String value = text(key, lease.map(NftElement::value));
            parts.add(new Programmed(key.set(), key(key), value, ""));
        }
    }

    private String key(ElementKey key) {
        String address = frontend.address().toString();
        if (key.set().startsWith(Layout.LIVE)) {
            return address;
        }
        String protocol = frontend.protocol().name().toLowerCase(java.util.Locale.ROOT);
        String text = address + " . " + protocol + " . " + frontend.port();
        ByteBuffer in = key.data().toBuffer().order(ByteOrder.nativeOrder());
        int plain = ServiceElements.key(frontend).length();
        return key.data().length() > plain ? text + " . " + Marks.hex(in.getInt(plain)) : text;
    }

    private String text(ElementKey key, Optional<NftValue> value) {
        return switch (value.orElse(null)) {
            case null -> NOTHING;
            case NftValue.None none -> "present";
            case NftValue.Verdict verdict ->
                    verdict.kind().name().toLowerCase(java.util.Locale.ROOT)
                            + " "
                            + verdict.chain();
            case NftValue.Data data -> text(key, data);
        };
    }

    private String text(ElementKey key, NftValue.Data data) {
        String map = key.set().substring(0, key.set().length() - 1);
        return switch (map) {
            case Layout.SERVICES, Layout.OWN_SERVICES -> {
                int code = ServiceElements.mark(data.data());
                yield codes.chain(code).map(chain -> "goto " + chain).orElse(Marks.hex(code));
            }
            case Layout.IDS -> Marks.hex(ServiceElements.mark(data.data()));
            default -> {
                Endpoint to = ServiceElements.endpoint(data.data(), frontend.address().v6());
                yield to.address() + " . " + to.port();
            }
        };
    }
}
