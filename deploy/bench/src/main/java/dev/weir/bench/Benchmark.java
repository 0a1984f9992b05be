package dev.weir.bench;

import java.io.IOException;

/** Something that is measured, or a long run that is watched. */
interface Benchmark {
    /** As it is typed. */
    String name();

    /** What it does, in one line. */
    String description();

    /** As for {@code --size}. */
    String defaultSizes();

    int defaultRounds();

    /** Fills the sheet. Cleans up behind it, also when it fails. */
    void run(Run run) throws IOException, InterruptedException;
}
