package dev.weir.log;

/** What became of a group that was appended. */
public sealed interface Outcome {
    /** All of it is on disk, and survives the loss of power. */
    record Durable() implements Outcome {}

    /**
     * None of it was written, and none ever will be by this writer: another one has claimed the
     * log.
     *
     * @param term of its claim
     * @param writer what it said who it is, and where it serves
     */
    record Fenced(long term, String writer) implements Outcome {}

    /** Either all or none of it was written. A claim and a replay tell. */
    record Unknown(Throwable cause) implements Outcome {}

    /** None of it was written; the log is as before and may take the next group. */
    record Refused(Reason reason, String message) implements Outcome {}

    /** Why a log refuses a group. */
    enum Reason {
        DISK_FULL,
        READ_ONLY,
        /** Someone else, say a backup tool, held the log locked for too long. */
        BUSY,
        /** A record is larger than the log takes. Smaller groups may do. */
        TOO_LARGE
    }
}
