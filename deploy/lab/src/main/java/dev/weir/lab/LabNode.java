package dev.weir.lab;

import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * One emulated node.
 *
 * @param number from 1
 */
record LabNode(int number) {
    private static final int FIRST_HOST = 10;

    String name() {
        return "node-" + number;
    }

    String ipv4() {
        return "172.30.0." + (FIRST_HOST + number);
    }

    String ipv6() {
        return "fd00:172:30::" + Integer.toHexString(FIRST_HOST + number);
    }

    static Stream<LabNode> all(LabSettings settings) {
        return IntStream.rangeClosed(1, settings.nodes()).mapToObj(LabNode::new);
    }

    static Optional<LabNode> named(LabSettings settings, String name) {
        return all(settings).filter(node -> node.name().equals(name)).findFirst();
    }
}
