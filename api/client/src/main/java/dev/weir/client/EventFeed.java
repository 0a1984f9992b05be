package dev.weir.client;

import dev.weir.core.v1.Frontier;
import dev.weir.events.v1.CloudEvent;
import dev.weir.events.v1.FollowRequest;
import dev.weir.events.v1.FollowResponse;
import dev.weir.model.FailureException;
import java.time.Duration;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/**
 * The changes from now on, each once, over as many calls as it takes: a call that breaks is
 * followed by one that resumes where it stood. For one thread.
 */
public final class EventFeed {
    /** How many calls in a row may bring nothing before the feed gives up. */
    public static final int TRIES = 15;

    /** Before the first of them; each next one waits twice as long. */
    private static final Duration FIRST_PAUSE = Duration.ofMillis(100);

    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(5);

    private final WeirClient client;
    private final FollowRequest request;
    private final Listener listener;
    private final int tries;

    // What is known of the stream so far.
    private Optional<Frontier> reached = Optional.empty();
    private final Set<String> seenSince = new HashSet<>();
    private int failures;

    /** Takes what happens. */
    public interface Listener {
        void event(CloudEvent event);

        /** The call broke; the feed tries again. */
        void broken(Throwable why, int tries);

        /** Some changes will never be told: the server does not keep them any more. */
        void missed(Throwable why);
    }

    /**
     * @param request which kinds, and of which namespace
     */
    public EventFeed(WeirClient client, FollowRequest request, Listener listener) {
        this(client, request, listener, TRIES);
    }

    EventFeed(WeirClient client, FollowRequest request, Listener listener, int tries) {
        this.client = client;
        this.request = request;
        this.listener = listener;
        this.tries = tries;
    }

    /**
     * Returns only by an exception: what the server refuses a call with, or the last of too many
     * failures. A first call that fails is not tried again.
     */
    public void run() throws InterruptedException {
        while (true) {
            try (Watch<FollowResponse> call = client.events(next())) {
                while (call.hasNext()) {
                    take(call.next());
                }
                failed(new IllegalStateException("the server ended the stream"));
            } catch (ServerUnreachableException e) {
                failed(e);
            } catch (FailureException e) {
                switch (e.failure().reason()) {
                    case UNAVAILABLE, TIMEOUT -> failed(e);
                    case EXPIRED -> expired(e);
                    default -> throw e;
                }
            }
        }
    }

    private FollowRequest next() {
        FollowRequest.Builder next = request.toBuilder().clearResume();
        reached.ifPresentOrElse(next::setResume, () -> next.setChangesOnly(true));
        return next.build();
    }

    private void take(FollowResponse message) {
        failures = 0;
        if (message.hasReached()) {
            reached = Optional.of(message.getReached());
            seenSince.clear();
        } else if (message.hasChange() && seenSince.add(message.getChange().getId())) {
            listener.event(message.getChange());
        }
    }

    private void failed(RuntimeException why) throws InterruptedException {
        if (reached.isEmpty() || failures == tries) {
            throw why;
        }
        listener.broken(why, ++failures);
        Duration pause = FIRST_PAUSE.multipliedBy(1L << (failures - 1));
        Thread.sleep(pause.compareTo(LONGEST_PAUSE) < 0 ? pause : LONGEST_PAUSE);
    }

    private void expired(FailureException why) {
        if (reached.isEmpty()) {
            throw why;
        }
        reached = Optional.empty();
        seenSince.clear();
        listener.missed(why);
    }
}
