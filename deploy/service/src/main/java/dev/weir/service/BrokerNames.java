package dev.weir.service;

import io.quarkus.runtime.StartupEvent;
import jakarta.annotation.Priority;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import jakarta.interceptor.Interceptor;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Arrays;
import java.util.regex.Pattern;
import org.jboss.logging.Logger;

/**
 * Waits for a broker's name before channels connect: where containers start together a name may
 * come late, and a Kafka client cannot be made without one. Calls are answered meanwhile.
 */
@Singleton
final class BrokerNames {
    private static final Logger LOG = Logger.getLogger(BrokerNames.class);
    private static final Duration PAUSE = Duration.ofSeconds(1);
    private static final Pattern PORT = Pattern.compile(":[^:\\]]*$");

    private final String bootstrap;

    BrokerNames(ServiceConfig config) {
        this.bootstrap = config.kafka().bootstrap();
    }

    /** Called on the main thread; a signal to stop ends it. */
    void await(@Observes @Priority(Interceptor.Priority.PLATFORM_BEFORE) StartupEvent started)
            throws InterruptedException {
        if (anyKnown()) {
            return;
        }
        LOG.warnf("waiting for Kafka at %s: no such name yet", bootstrap);
        Thread wake = new Thread(Thread.currentThread()::interrupt, "weir-stop-waiting");
        Runtime.getRuntime().addShutdownHook(wake);
        while (!anyKnown()) {
            Thread.sleep(PAUSE);
        }
        Runtime.getRuntime().removeShutdownHook(wake);
    }

    private boolean anyKnown() {
        return Arrays.stream(bootstrap.split(",", -1))
                .map(String::strip)
                .map(broker -> PORT.matcher(broker).replaceFirst(""))
                .anyMatch(BrokerNames::isKnown);
    }

    private static boolean isKnown(String host) {
        try {
            return InetAddress.getAllByName(host).length > 0;
        } catch (UnknownHostException e) {
            return false;
        }
    }
}
