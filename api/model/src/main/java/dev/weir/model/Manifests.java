package dev.weir.model;

import com.google.protobuf.Message;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Objects as text, the way kubectl writes and reads them: YAML, or JSON, which is YAML. Reading is
 * strict: a field that is not known, or of another type, is a problem with a place; nothing is
 * coerced.
 */
public final class Manifests {
    private Manifests() {}

    /**
     * One object of a file.
     *
     * @param source the file, or whatever the text came from
     * @param document which document of the source, from 1
     * @param line where the object begins, from 1
     */
    public record Manifest(String source, int document, int line, Kind kind, Message object) {}

    /** Where something is wrong: the source, the document and the line, both from 1. */
    public record Place(String source, int document, int line) {
        @Override
        public String toString() {
            return "%s: document %d, line %d".formatted(source, document, line);
        }
    }

    /** Something that keeps an object from being read. */
    public sealed interface Problem {
        Place place();

        /**
         * @param path e.g. {@code spec.ports[0].port}; empty when it is about the whole document
         * @param text what was expected and what was found
         */
        record Wrong(Place place, String path, String text) implements Problem {
            @Override
            public String toString() {
                return place + ": " + (path.isEmpty() ? "" : path + ": ") + text;
            }
        }

        /** A well-formed object of a kind that is not ours; a caller may pass over it. */
        record UnknownKind(Place place, String apiVersion, String kind) implements Problem {
            @Override
            public String toString() {
                return "%s: no matches for kind \"%s\" in version \"%s\""
                        .formatted(place, kind, apiVersion);
            }
        }
    }

    /** All objects that could be read, in order, and everything that could not. */
    public record Parsed(List<Manifest> manifests, List<Problem> problems) {
        public Parsed {
            manifests = List.copyOf(manifests);
            problems = List.copyOf(problems);
        }

        /** This, followed by what another source holds. */
        public Parsed and(Parsed other) {
            List<Manifest> allManifests = new ArrayList<>(manifests);
            allManifests.addAll(other.manifests);
            List<Problem> allProblems = new ArrayList<>(problems);
            allProblems.addAll(other.problems);
            return new Parsed(allManifests, allProblems);
        }
    }

    /**
     * Reads all documents of a text; the items of a {@code kind: List} count as objects of their
     * own.
     */
    public static Parsed parse(String source, String text) {
        return new ManifestReader(source).read(text);
    }

    /** As {@code kubectl get -o yaml}. */
    public static String yaml(Message object) {
        return YamlText.of(tree(object));
    }

    /** As {@code kubectl get -o yaml} for several: a {@code kind: List}. */
    public static String yaml(List<? extends Message> objects) {
        return YamlText.of(tree(objects));
    }

    /** A tree made by {@link #tree}, or alike. */
    public static String yaml(Map<String, Object> tree) {
        return YamlText.of(tree);
    }

    /** As {@code kubectl get -o json}. */
    public static String json(Message object) {
        return JsonText.of(tree(object));
    }

    /** As {@code kubectl get -o json} for several: a {@code kind: List}. */
    public static String json(List<? extends Message> objects) {
        return JsonText.of(tree(objects));
    }

    /** A tree made by {@link #tree}, or alike. */
    public static String json(Map<String, Object> tree) {
        return JsonText.of(tree);
    }

    /**
     * An object as maps, lists, strings, longs and booleans, as the texts show it: apiVersion, kind
     * and metadata first, then the fields that are set in the order of their names.
     */
    public static Map<String, Object> tree(Message object) {
        return ObjectTree.of(object);
    }

    /** Several objects as a {@code kind: List}. */
    public static Map<String, Object> tree(List<? extends Message> objects) {
        return ObjectTree.of(objects);
    }
}
