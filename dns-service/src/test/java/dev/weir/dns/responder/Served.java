package dev.weir.dns.responder;

import dev.weir.dns.forward.Forwarder;
import dev.weir.dns.zone.SampleZone;
import dev.weir.dns.zone.Zone;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.Record;
import org.xbill.DNS.SimpleResolver;
import org.xbill.DNS.Type;

/** A responder on both loopbacks, its zone, and an independent client. */
final class Served implements AutoCloseable {
    /** How long any one exchange of a test may take. */
    static final Duration PATIENCE = Duration.ofSeconds(5);

    final AtomicReference<Zone> zone = new AtomicReference<>(SampleZone.zone());
    final Responder responder;

    Served(Forwarder forwarder, ResponderConfig config) throws IOException {
        responder =
                Responder.open(
                        List.of(loopback("127.0.0.1"), loopback("::1")),
                        zone::get,
                        forwarder,
                        config);
    }

    Served() throws IOException {
        this(Forwarder.none(), ResponderConfig.DEFAULT);
    }

    private static InetSocketAddress loopback(String address) {
        return new InetSocketAddress(InetAddress.ofLiteral(address), 0);
    }

    InetSocketAddress v4() {
        return responder.addresses().get(0);
    }

    InetSocketAddress v6() {
        return responder.addresses().get(1);
    }

    /** One query by dnsjava, without EDNS and without retry. */
    Message ask(String name, String type) throws IOException {
        return ask(v4(), false, query(name, type));
    }

    static Message ask(InetSocketAddress server, boolean tcp, Message query) throws IOException {
        SimpleResolver resolver = new SimpleResolver(server);
        resolver.setEDNS(-1);
        resolver.setTCP(tcp);
        resolver.setIgnoreTruncation(true);
        resolver.setTimeout(PATIENCE);
        return resolver.send(query);
    }

    static Message query(String name, String type) throws IOException {
        return Message.newQuery(
                Record.newRecord(Name.fromString(name + "."), Type.value(type), DClass.IN));
    }

    @Override
    public void close() {
        responder.close();
    }
}
