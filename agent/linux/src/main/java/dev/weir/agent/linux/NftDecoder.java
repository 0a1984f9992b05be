package dev.weir.agent.linux;

import java.io.IOException;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Reads what the kernel says about elements, chains, sets and generations. Pure. */
final class NftDecoder {
    private static final int NFGENMSG_BYTES = 4;

    private NftDecoder() {}

    static List<Attribute> attributes(NetlinkMessage message) throws IOException {
        return Attribute.parse(Attribute.after(message.body(), NFGENMSG_BYTES));
    }

    /** The elements of one message of a dump, in the kernel's order. */
    static void elements(NetlinkMessage message, Consumer<NftElement> sink) throws IOException {
        Attribute list = Attribute.find(attributes(message), NftProtocol.LIST_ELEMENTS);
        if (list == null) {
            return;
        }
        for (Attribute item : list.nested()) {
            NftElement element = element(item.nested());
            if (element != null) {
                sink.accept(element);
            }
        }
    }

    /** Of each element of one message that has a counter: what it says. */
    static void counters(NetlinkMessage message, BiConsumer<NftData, NftCounter> sink)
            throws IOException {
        Attribute list = Attribute.find(attributes(message), NftProtocol.LIST_ELEMENTS);
        if (list == null) {
            return;
        }
        for (Attribute item : list.nested()) {
            List<Attribute> parts = item.nested();
            Attribute key = Attribute.find(parts, NftProtocol.ELEMENT_KEY);
            Attribute expression = Attribute.find(parts, NftProtocol.ELEMENT_EXPRESSION);
            if (key != null && expression != null) {
                List<Attribute> words = expression.nested();
                Attribute name = Attribute.find(words, NftProtocol.EXPRESSION_NAME);
                Attribute data = Attribute.find(words, NftProtocol.EXPRESSION_DATA);
                if (name != null && data != null && name.string().equals("counter")) {
                    sink.accept(
                            data(key),
                            new NftCounter(
                                    number(data, NftProtocol.COUNTER_PACKETS),
                                    number(data, NftProtocol.COUNTER_BYTES)));
                }
            }
        }
    }

    private static long number(Attribute counter, int type) throws IOException {
        Attribute number = Attribute.find(counter.nested(), type);
        return number == null ? 0 : number.be64();
    }

    private static @Nullable NftElement element(List<Attribute> attributes) throws IOException {
        NftData key = null;
        NftValue value = NftValue.NONE;
        long timeout = 0;
        boolean end = false;
        for (Attribute attribute : attributes) {
            switch (attribute.type()) {
                case NftProtocol.ELEMENT_KEY -> key = data(attribute);
                case NftProtocol.ELEMENT_DATA -> value = value(attribute);
                case NftProtocol.ELEMENT_TIMEOUT -> timeout = attribute.be64();
                case NftProtocol.ELEMENT_FLAGS ->
                        end = (attribute.be32() & NftProtocol.FLAG_INTERVAL_END) != 0;
                default -> {} // expiration, counters, user data: not ours to compare
            }
        }
        return key == null ? null : new NftElement(key, value, timeout, end);
    }

    private static NftData data(Attribute attribute) throws IOException {
        Attribute value = Attribute.find(attribute.nested(), NftProtocol.DATA_VALUE);
        if (value == null) {
            throw new IOException("nftables element without key bytes");
        }
        return NftData.ofBytes(value.bytes());
    }

    private static NftValue value(Attribute attribute) throws IOException {
        Attribute verdict = Attribute.find(attribute.nested(), NftProtocol.DATA_VERDICT);
        return verdict == null ? NftValue.data(data(attribute)) : verdict(verdict.nested());
    }

    private static NftValue verdict(List<Attribute> attributes) throws IOException {
        Attribute code = Attribute.find(attributes, NftProtocol.VERDICT_CODE);
        Attribute chain = Attribute.find(attributes, NftProtocol.VERDICT_CHAIN);
        if (code != null && chain != null) {
            for (NftValue.Kind kind : NftValue.Kind.values()) {
                if (kind.code() == code.be32()) {
                    return new NftValue.Verdict(kind, chain.string());
                }
            }
        }
        throw new IOException("nftables verdict that Weir never writes");
    }
}
