package dev.weir.model;

/** A transport protocol, by its number in IANA's registry. */
public enum Protocol {
    TCP(6),
    UDP(17),
    SCTP(132);

    private final int number;

    Protocol(int number) {
        this.number = number;
    }

    public int number() {
        return number;
    }

    /**
     * From an admitted object's field; empty means TCP. Throws IllegalArgumentException for another
     * word.
     */
    public static Protocol of(String word) {
        return word.isEmpty() ? TCP : valueOf(word);
    }
}
