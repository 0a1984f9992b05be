package dev.weir.dns.responder;

import dev.weir.dns.wire.Ede;
import dev.weir.dns.wire.Inbound;
import dev.weir.dns.wire.Question;
import dev.weir.dns.wire.Rcode;
import dev.weir.dns.wire.RecordType;
import dev.weir.dns.wire.Reply;
import dev.weir.dns.zone.Zone;
import dev.weir.dns.zone.ZoneAnswer;
import java.util.List;

/** Who answers a well-formed query. Pure. */
final class Verdict {
    /** 128 to 254 are not types of records (RFC 6895 section 3.1). */
    private static final int FIRST_META = 128;

    private Verdict() {}

    static ZoneAnswer on(Inbound.Query query, Zone zone) {
        Question question = query.question();
        int type = question.type();
        if (query.edns() != null && query.edns().version() != 0) {
            return refuse(Rcode.BADVERS);
        }
        if (question.dnsClass() != Question.CLASS_IN
                || type == RecordType.AXFR
                || type == RecordType.IXFR) {
            return refuse(Rcode.REFUSED);
        }
        if (type == RecordType.OPT || (type >= FIRST_META && type < RecordType.ANY)) {
            return refuse(Rcode.NOTIMP);
        }
        ZoneAnswer answer = zone.answer(question);
        return answer instanceof ZoneAnswer.Elsewhere elsewhere && !query.recursionDesired()
                ? unasked(elsewhere)
                : answer;
    }

    /** Without RD we say what we know ourselves: the alias, or nothing (RFC 1034 section 4.3.1). */
    private static ZoneAnswer unasked(ZoneAnswer.Elsewhere elsewhere) {
        return elsewhere.aliases().isEmpty()
                ? new ZoneAnswer.Final(
                        Reply.failure(
                                Rcode.REFUSED, new Ede(Ede.NOT_AUTHORITATIVE, "not our name")))
                : new ZoneAnswer.Final(
                        Reply.authoritative(
                                Rcode.NOERROR, elsewhere.aliases(), List.of(), List.of()));
    }

    private static ZoneAnswer refuse(int rcode) {
        return new ZoneAnswer.Final(Reply.failure(rcode, null));
    }
}
