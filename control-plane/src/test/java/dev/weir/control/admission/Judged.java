package dev.weir.control.admission;

import com.google.protobuf.Message;
import dev.weir.model.FieldError;
import dev.weir.model.Judgement;
import dev.weir.model.Manifests;

/** Objects as people write them, and what admission says of them. */
public final class Judged {
    private Judged() {}

    public static <T extends Message> T read(Class<T> type, String yaml) {
        Manifests.Parsed parsed = Manifests.parse("test", yaml);
        if (!parsed.problems().isEmpty()) {
            throw new AssertionError(parsed.problems() + " in " + yaml);
        }
        return type.cast(parsed.manifests().getFirst().object());
    }

    public static <T> T accepted(Judgement<T> judgement) {
        return switch (judgement) {
            case Judgement.Accepted<T>(var object) -> object;
            case Judgement.Refused<T>(var failure) -> throw new AssertionError(failure);
        };
    }

    /** Joined by {@code &}. */
    public static String errors(Judgement<?> judgement) {
        return switch (judgement) {
            case Judgement.Accepted<?> accepted -> "accepted";
            case Judgement.Refused<?>(var failure) when failure.fields().isEmpty() ->
                    failure.message();
            case Judgement.Refused<?>(var failure) ->
                    String.join(
                            " & ", failure.fields().stream().map(FieldError::toString).toList());
        };
    }
}
