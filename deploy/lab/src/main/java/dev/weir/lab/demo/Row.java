package dev.weir.lab.demo;

import java.time.Duration;

/** One thing that was tried. */
record Row(String what, String from, String expected, String got, Duration time) {
    boolean ok() {
        return expected.equals(got);
    }
}
