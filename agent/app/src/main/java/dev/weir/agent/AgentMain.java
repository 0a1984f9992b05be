package dev.weir.agent;

import io.quarkus.runtime.Quarkus;
import io.quarkus.runtime.QuarkusApplication;
import io.quarkus.runtime.annotations.QuarkusMain;
import java.io.IOException;
import org.jboss.logging.Logger;

/** The agent process. Exit code 1, and one line that says why, when it cannot run here. */
@QuarkusMain
public final class AgentMain implements QuarkusApplication {
    private static final Logger LOG = Logger.getLogger(AgentMain.class);

    private final AgentConfig config;

    AgentMain(AgentConfig config) {
        this.config = config;
    }

    @Override
    public int run(String... args) throws Exception {
        try (AutoCloseable agent = start(config)) {
            Quarkus.waitForExit();
            return 0;
        } catch (IllegalArgumentException | IllegalStateException | IOException e) {
            LOG.error(e.getMessage());
            return 1;
        }
    }

    private static AutoCloseable start(AgentConfig config)
            throws IOException, InterruptedException {
        return ProxyAgent.isAskedFor(config) ? ProxyAgent.start(config) : Agent.start(config);
    }
}
