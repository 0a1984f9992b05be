package dev.weir.endpoint;

import dev.weir.changes.Step;
import dev.weir.endpoint.derive.Silence;
import dev.weir.model.Kinds;
import org.jboss.logging.Logger;

/**
 * Says when so many nodes are silent that none of them is drained, and when that is over. For one
 * thread.
 */
final class SilenceAlarm {
    private static final Logger LOG = Logger.getLogger(SilenceAlarm.class);

    private boolean raised;

    void follow(Step control) {
        if (control.keys(Kinds.NODE).findAny().isEmpty()) {
            return;
        }
        Silence silence = Silence.in(control.to());
        if (silence.isWidespread() == raised) {
            return;
        }
        raised = silence.isWidespread();
        if (raised) {
            LOG.warnf(
                    "%d of %d nodes are silent: that is more than one in %d, so none is drained;"
                            + " all endpoints stay as they were reported last",
                    silence.silent().size(), silence.nodes(), Silence.WIDESPREAD);
        } else {
            LOG.infof(
                    "%d of %d nodes are silent: the endpoints of silent nodes are drained again",
                    silence.silent().size(), silence.nodes());
        }
    }
}
