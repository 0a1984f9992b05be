package dev.weir.agent;

import org.jboss.logging.Logger;

/** Something that keeps a part from going on: told once, and once more when it is over. */
final class Trouble {
    private final Logger log;
    private String told = "";

    Trouble(Logger log) {
        this.log = log;
    }

    /** An alarm, unless it is the one that was told last. */
    void is(String what) {
        if (!what.equals(told)) {
            log.error(what);
            told = what;
        }
    }

    void over() {
        if (!told.isEmpty()) {
            log.infof("No longer: %s", told);
            told = "";
        }
    }
}
