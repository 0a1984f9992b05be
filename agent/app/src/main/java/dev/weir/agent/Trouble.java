package dev.weir.agent;

import java.util.regex.Pattern;
import org.jboss.logging.Logger;

/** Something that keeps a part from going on: told once, and once more when it is over. */
final class Trouble {
    /** How long an attempt took does not make it another trouble. */
    private static final Pattern DURATION = Pattern.compile("\\d+ ?ms\\b");

    private final Logger log;
    private String told = "";

    Trouble(Logger log) {
        this.log = log;
    }

    /** An alarm, unless it is the one that was told last. */
    void is(String what) {
        String same = DURATION.matcher(what).replaceAll("... ms");
        if (!same.equals(told)) {
            log.error(what);
            told = same;
        }
    }

    void over() {
        if (!told.isEmpty()) {
            log.infof("No longer: %s", told);
            told = "";
        }
    }
}
