package dev.weir.server.seat;

import dev.weir.log.Election;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Elects whom the test says. Guarded by its monitor. */
final class Ballot {
    private final Map<String, Candidate> candidates = new HashMap<>();
    private final List<String> stoodDown = new ArrayList<>();
    private Optional<String> elected = Optional.empty();

    Election candidate(String name) {
        Candidate candidate = new Candidate(name);
        candidates.put(name, candidate);
        return candidate;
    }

    /** Dismisses everybody who takes himself for elected. */
    synchronized void elect(String name) {
        dismiss();
        electBehindTheBackOfTheOther(name);
    }

    synchronized void dismiss() {
        elected = Optional.empty();
        candidates.values().forEach(Candidate::dismiss);
    }

    /** Elects another one without telling the one before: it was paused, or cut off. */
    synchronized void electBehindTheBackOfTheOther(String name) {
        candidates.get(name).dismiss();
        elected = Optional.of(name);
        candidates.get(name).elect();
    }

    synchronized List<String> stoodDown() {
        return List.copyOf(stoodDown);
    }

    private final class Candidate implements Election {
        private final String name;
        private Listener listener;

        /** As far as it knows. */
        private boolean isElected;

        Candidate(String name) {
            this.name = name;
        }

        void elect() {
            isElected = true;
            listener.elected();
        }

        void dismiss() {
            if (isElected) {
                isElected = false;
                listener.dismissed();
            }
        }

        @Override
        public void start(Listener told) {
            synchronized (Ballot.this) {
                listener = told;
            }
        }

        @Override
        public boolean elected() {
            synchronized (Ballot.this) {
                return isElected;
            }
        }

        @Override
        public void standDown() {
            synchronized (Ballot.this) {
                stoodDown.add(name);
                if (elected.equals(Optional.of(name))) {
                    elected = Optional.empty();
                }
                dismiss();
            }
        }

        @Override
        public void close() {
            synchronized (Ballot.this) {
                isElected = false;
            }
        }
    }
}
