package dev.weir.lab;

import dev.weir.cli.CliError;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Where a lab keeps its things, and what they are called. Labs of different state directories do
 * not meet.
 *
 * @param data the state directory, absolute
 */
record LabPlace(Path data) {
    /** Of a Unix socket's path, in bytes (sun_path, with its end). */
    private static final int MAX_SOCKET_PATH = 107;

    Path directory() {
        return data.resolve("lab");
    }

    Path settingsFile() {
        return directory().resolve("lab.json");
    }

    /** Of the service that clients and agents talk to. */
    Path socket() {
        return socket("weir");
    }

    /** Of the service of this role. */
    Path socket(Shape shape, String role) {
        return role.equals(shape.frontDoor()) ? socket() : socket(role);
    }

    /** The broker's data. */
    Path kafka() {
        return directory().resolve("kafka");
    }

    /** What Secrets are sealed with: where standalone has it, too. */
    Path secretKey() {
        return directory().resolve("secret.key");
    }

    private Path socket(String name) {
        Path socket = directory().resolve(name + ".sock");
        if (socket.toString().getBytes(StandardCharsets.UTF_8).length > MAX_SOCKET_PATH) {
            throw new CliError("the state directory's path is too long for a socket: " + data);
        }
        return socket;
    }

    Path node(LabNode node) {
        return directory().resolve(node.name());
    }

    Path cniSocket(LabNode node) {
        return node(node).resolve("cni.sock");
    }

    Path log(String program) {
        return directory().resolve("logs").resolve(program + ".log");
    }

    Path pods() {
        return directory().resolve("pods");
    }

    Path pod(String namespace, String name) {
        return pods().resolve(namespace).resolve(name);
    }

    /**
     * Begins the names of the lab's network namespaces: weir- and 4 hex digits of the path's hash.
     */
    String prefix() {
        try {
            byte[] hash =
                    MessageDigest.getInstance("SHA-256")
                            .digest(data.toString().getBytes(StandardCharsets.UTF_8));
            return "weir-" + HexFormat.of().formatHex(hash, 0, 2) + "-";
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    /** An argument that marks each process of the lab. */
    String marker() {
        return "-Dlab.directory=" + directory();
    }

    Netns switchNetns() {
        return new Netns(prefix() + "switch");
    }

    /** The host of the control plane. */
    Netns control() {
        return new Netns(prefix() + "control");
    }

    Netns external() {
        return new Netns(prefix() + "external");
    }

    Netns netns(LabNode node) {
        return new Netns(prefix() + node.name());
    }

    Netns podNetns(String namespace, String name) {
        return new Netns(prefix() + "pod-" + namespace + "-" + name);
    }

    /** What the lab here was started with; empty when there is none. */
    Optional<LabSettings> settings() {
        try {
            return Files.exists(settingsFile())
                    ? Optional.of(LabSettings.parse(Files.readString(settingsFile())))
                    : Optional.empty();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** As {@link #settings}; throws CliError when there is none. */
    LabSettings started() {
        return settings()
                .orElseThrow(() -> new CliError("no lab is up: start one with \"weir lab up\""));
    }

    /** The node of this name; throws CliError. */
    LabNode node(String name) {
        return LabNode.named(started(), name)
                .orElseThrow(() -> new CliError("nodes \"" + name + "\" not found in the lab"));
    }

    /** The directories of all pods. */
    List<Path> podDirectories() {
        if (!Files.isDirectory(pods())) {
            return List.of();
        }
        try (Stream<Path> all = Files.walk(pods(), 2)) {
            return all.filter(path -> path.getNameCount() == pods().getNameCount() + 2)
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
