package dev.weir.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Unmatched;

/** A word that a later release will fill in. */
@Command(description = "reserved; not in this release")
final class ReservedCommand implements Callable<Integer> {
    static final List<String> WORDS = List.of("drain", "pki", "ipam", "policy");

    private final Session session;
    private final String word;

    @Unmatched private List<String> rest = new ArrayList<>();

    ReservedCommand(Session session, String word) {
        this.session = session;
        this.word = word;
    }

    @Override
    public Integer call() {
        session.err().println("error: not available in this release: weir " + word);
        return 1;
    }
}
