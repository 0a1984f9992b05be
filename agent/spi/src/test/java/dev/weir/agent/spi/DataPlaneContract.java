package dev.weir.agent.spi;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * What the agent relies on, whatever the plane. A plane's own tests extend this; whether the plane
 * tells the truth in {@link DataPlane#verify} they have to show besides, with traffic.
 */
public abstract class DataPlaneContract {
    private static final int STEPS = 25;

    private DataPlane plane;

    /**
     * A plane as a starting agent opens it: what carries the traffic is as the plane before it left
     * it.
     */
    protected abstract DataPlane open();

    /**
     * Changes, behind the plane's back, something that every image with a Service in it makes the
     * plane carry.
     */
    protected abstract void tamper();

    @BeforeEach
    final void openPlane() {
        plane = open();
    }

    @AfterEach
    final void closePlane() {
        plane.close();
    }

    @Test
    void everyImageIsCarriedWhateverCameBefore() {
        long seed = System.nanoTime();
        RandomImages images = new RandomImages(seed);
        NodeImage before = NodeImage.EMPTY;

        for (int step = 0; step < STEPS; step++) {
            NodeImage image = images.next();
            Outcome outcome = plane.apply(image, NodeDelta.between(before, image));

            assertThat(outcome.problems()).as("seed %d, step %d", seed, step).isEmpty();
            assertThat(plane.verify()).as("seed %d, step %d", seed, step).isEmpty();
            before = image;
        }
    }

    @Test
    void applyingAnImageAgainChangesNothing() {
        NodeImage image = withService(1);
        plane.apply(image, NodeDelta.between(NodeImage.EMPTY, image));

        Outcome outcome = plane.apply(image, NodeDelta.between(NodeImage.EMPTY, image));

        assertThat(outcome).isEqualTo(Outcome.DONE);
        assertThat(plane.verify()).isEmpty();
    }

    @Test
    void aPlaneThatIsOpenedAgainTakesUpWhatTheFormerOneLeft() {
        NodeImage first = withService(2);
        NodeImage second = withService(3);
        plane.apply(first, NodeDelta.between(NodeImage.EMPTY, first));
        plane.close();

        plane = open();
        Outcome outcome = plane.apply(second, NodeDelta.between(NodeImage.EMPTY, second));

        assertThat(outcome).isEqualTo(Outcome.DONE);
        assertThat(plane.verify()).isEmpty();
    }

    @Test
    void whatSomebodyElseChangedIsFoundAndMended() {
        NodeImage image = withService(4);
        plane.apply(image, NodeDelta.between(NodeImage.EMPTY, image));

        tamper();

        assertThat(plane.verify()).isNotEmpty();
        assertThat(plane.repair()).isEqualTo(Outcome.DONE);
        assertThat(plane.verify()).isEmpty();
    }

    @Test
    void verifyingMendsNothing() {
        NodeImage image = withService(5);
        plane.apply(image, NodeDelta.between(NodeImage.EMPTY, image));
        tamper();

        plane.verify();

        assertThat(plane.verify()).isNotEmpty();
    }

    /** An image with everything in it, a Service with endpoints, a pod and a route included. */
    private static NodeImage withService(long seed) {
        RandomImages images = new RandomImages(seed);
        NodeImage image = images.next();
        while (image.services().values().stream()
                        .noneMatch(backends -> backends.endpoints().size() > 1)
                || image.pods().isEmpty()
                || image.routes().isEmpty()) {
            image = images.next();
        }
        return image;
    }
}
