package dev.weir.dns.wire;

/**
 * The octets are no DNS message. Carries no stack trace: strangers can cause any number of these.
 */
public final class MalformedMessage extends Exception {
    private static final long serialVersionUID = 1;

    MalformedMessage(String what) {
        super(what, null, false, false);
    }
}
