package dev.weir.agent.l7.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.model.IpAddress;
import dev.weir.routing.HeaderEdit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/**
 * Whatever is sent: the proxy sees no other request than RFC 9112 does, and the backend sees no
 * other than the proxy. {@code -Dweir.l7.requests} and {@code -Dweir.l7.seed} make it another run.
 */
class SmugglingTest {
    private static final int REQUESTS = Integer.getInteger("weir.l7.requests", 10_000);
    private static final Peer PEER =
            new Peer(IpAddress.of("192.0.2.7"), IpAddress.of("10.0.0.1"), 80, false, false);
    private static final Peer TRUSTED =
            new Peer(IpAddress.of("2001:db8::7"), IpAddress.of("fd00::1"), 443, true, true);
    private static final List<String> NAMES =
            List.of(
                    "Content-Length",
                    "transfer-encoding",
                    "Host",
                    "Connection",
                    "Upgrade",
                    "TE",
                    "Accept",
                    "X-Private",
                    "X-Forwarded-For",
                    "Forwarded",
                    "Bad Name",
                    "Evil: 1\r\nX",
                    "");
    private static final List<String> VALUES =
            List.of(
                    "5",
                    "chunked",
                    "b.example",
                    "",
                    "a\r\nEvil: 1",
                    "a\n\nb",
                    "\u00e4\u20ac",
                    "\0");
    private static final List<String> HOP =
            List.of("keep-alive", "proxy", "proxy-connection", "http2-settings", "x-private");

    private static final List<String> DISGUISED =
            List.of("x_forwarded_for", "content_length", "transfer_encoding");

    private final HeadWriter writer = new HeadWriter();

    @Test
    void theBackendSeesTheOneRequestThatTheProxySees() {
        long seed = Long.getLong("weir.l7.seed", System.nanoTime());
        System.out.println("SmugglingTest: seed " + seed + ", requests " + REQUESTS);
        Random random = new Random(seed);
        Attacks attacks = new Attacks(random);
        Map<Progress, Integer> states = new EnumMap<>(Progress.class);
        Set<Fault> faults = EnumSet.noneOf(Fault.class);
        for (int i = 0; i < REQUESTS; i++) {
            String text = attacks.next();
            byte[] bytes = Wire.bytes(text);
            String what = "seed " + seed + ", request " + i + ":\n" + Wire.shown(bytes);
            Exchange seen = Exchange.read(bytes, 0, bytes.length, Limits.DEFAULT);
            states.merge(seen.state(), 1, Integer::sum);
            if (seen.fault() != null) {
                faults.add(seen.fault());
            }
            agrees(seen, text, what);
            if (seen.state() == Progress.DONE) {
                passesOn(seen, bytes, what);
                passesOnEdited(seen, bytes, random, what);
            }
            isTheSameInParts(seen, bytes, random, what);
        }
        System.out.println("SmugglingTest: " + states + ", refused for " + faults);
        assertThat(states.get(Progress.DONE)).as("accepted").isGreaterThan(REQUESTS / 10);
        assertThat(states.get(Progress.REFUSED)).as("refused").isGreaterThan(REQUESTS / 10);
        assertThat(faults).as("reasons").hasSizeGreaterThan(10);
    }

    private static void agrees(Exchange seen, String text, String what) {
        Reference reference = Reference.read(text);
        switch (seen.state()) {
            case DONE -> {
                assertThat(reference).as(what).isInstanceOf(Reference.Request.class);
                Reference.Request request = (Reference.Request) reference;
                assertThat(seen.head().method()).as(what).isEqualTo(request.method());
                assertThat(seen.content()).as(what).isEqualTo(request.content());
                assertThat(seen.end()).as(what).isEqualTo(request.end());
            }
            case MORE -> assertThat(reference).as(what).isInstanceOf(Reference.CutOff.class);
            case REFUSED -> {}
        }
    }

    private void passesOn(Exchange seen, byte[] bytes, String what) {
        RequestHead head = seen.head();
        writer.request(head, PEER, HeaderEdit.NONE, HeaderEdit.NONE);
        String sent = sent(seen, bytes);
        String both = what + "\nsent:\n" + Wire.shown(Wire.bytes(sent));
        Reference.Request request = isTheSame(seen, sent, both);
        assertThat(request.values("X-Forwarded-For")).as(both).containsExactly("192.0.2.7");
        assertThat(request.values("X-Real-IP")).as(both).containsExactly("192.0.2.7");
        assertThat(request.values("Forwarded")).as(both).hasSize(1);
        assertThat(request.values("Content-Length").size()).as(both).isLessThan(2);
        assertThat(request.headers())
                .as(both)
                .noneMatch(h -> DISGUISED.contains(h.name().toLowerCase(Locale.ROOT)))
                .noneMatch(h -> h.is("upgrade") && !head.webSocket())
                .noneMatch(
                        h ->
                                HOP.contains(h.name().toLowerCase(Locale.ROOT))
                                        && named(h.name(), head));
    }

    private void passesOnEdited(Exchange seen, byte[] bytes, Random random, String what) {
        HeaderEdit edit = edit(random);
        HeaderEdit after = edit(random);
        Peer peer = random.nextBoolean() ? PEER : TRUSTED;
        writer.request(seen.head(), peer, edit, after);
        String sent = sent(seen, bytes);
        String all = what + "\n" + edit + "\n" + after + "\nsent:\n" + Wire.shown(Wire.bytes(sent));
        Reference.Request request = isTheSame(seen, sent, all);
        assertThat(request.headers()).as(all).noneMatch(h -> h.is("evil"));
    }

    private static HeaderEdit edit(Random random) {
        List<HeaderEdit.Header> set = new ArrayList<>();
        List<HeaderEdit.Header> add = new ArrayList<>();
        List<String> remove = new ArrayList<>();
        for (int i = random.nextInt(4); i > 0; i--) {
            set.add(new HeaderEdit.Header(any(random, NAMES), any(random, VALUES)));
            add.add(new HeaderEdit.Header(any(random, NAMES), any(random, VALUES)));
            remove.add(any(random, NAMES));
        }
        return new HeaderEdit(set, add, remove);
    }

    private static String any(Random random, List<String> all) {
        return all.get(random.nextInt(all.size()));
    }

    private String sent(Exchange seen, byte[] bytes) {
        return Wire.text(writer.bytes(), 0, writer.length())
                + Wire.text(bytes, seen.headEnd(), seen.end());
    }

    private static Reference.Request isTheSame(Exchange seen, String sent, String what) {
        assertThat(Reference.read(sent)).as(what).isInstanceOf(Reference.Request.class);
        Reference.Request request = (Reference.Request) Reference.read(sent);
        assertThat(request.end()).as(what).isEqualTo(sent.length());
        assertThat(request.method()).as(what).isEqualTo(seen.head().method());
        assertThat(request.target()).as(what).isEqualTo(seen.head().target());
        assertThat(request.content()).as(what).isEqualTo(seen.content());
        return request;
    }

    private static boolean named(String any, RequestHead head) {
        String name = any.toLowerCase(Locale.ROOT);
        return name.startsWith("proxy")
                || name.equals("keep-alive")
                || List.of(String.valueOf(head.header("connection")).split("[, \t]+")).stream()
                        .anyMatch(name::equalsIgnoreCase);
    }

    private static void isTheSameInParts(Exchange seen, byte[] bytes, Random random, String what) {
        int before = random.nextInt(5);
        byte[] framed = Wire.framed(bytes, before, random.nextInt(20));
        int end = before + bytes.length;
        int[] cuts = random.ints(random.nextInt(5), before, end + 1).sorted().toArray();
        Exchange parts = Exchange.read(framed, before, end, Limits.DEFAULT, cuts);
        assertThat(seen.same(parts, before))
                .as(what + "\ncut at " + Arrays.toString(cuts))
                .isTrue();
    }
}
