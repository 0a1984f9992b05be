package dev.weir.cli;

import com.google.protobuf.Message;
import dev.weir.core.v1.ObjectMeta;
import dev.weir.model.ClusterIpView;
import dev.weir.model.Kind;
import dev.weir.model.Kinds;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What a command line names: a kind, and an object of it unless all are meant.
 *
 * @param endpoints the read-only view of a Service's EndpointSlices, which is not a kind of its own
 */
record Resource(Kind kind, boolean endpoints, Optional<String> name) {

    /**
     * Reads {@code TYPE[,TYPE] [NAME...]} or {@code TYPE/NAME...}, of types that more can be done
     * with than to show them. Throws CliError with kubectl's words.
     */
    static List<Resource> parse(List<String> words) {
        List<Resource> found = parseShown(words);
        if (found.stream().anyMatch(resource -> resource.kind().equals(ClusterIpView.KIND))) {
            throw new CliError(
                    "ipaddresses are a view of the Services' cluster IPs; only get shows them");
        }
        return found;
    }

    /** As {@link #parse}, of any type. */
    static List<Resource> parseShown(List<String> words) {
        List<Resource> found = new ArrayList<>();
        if (words.isEmpty()) {
            throw new CliError("Required resource not specified.");
        }
        if (words.stream().anyMatch(word -> word.indexOf('/') >= 0)) {
            for (String word : words) {
                int slash = word.indexOf('/');
                if (slash <= 0 || slash != word.lastIndexOf('/') || slash == word.length() - 1) {
                    throw new CliError(
                            "there is no need to specify a resource type as a separate argument"
                                + " when passing arguments in resource/name form (e.g. 'weir get"
                                + " resource/<resource_name>' instead of 'weir get resource"
                                + " resource/<resource_name>'");
                }
                found.add(of(word.substring(0, slash), Optional.of(word.substring(slash + 1))));
            }
            return found;
        }
        for (String type : words.getFirst().split(",", -1)) {
            if (words.size() == 1) {
                found.add(of(type, Optional.empty()));
            }
            words.stream().skip(1).forEach(name -> found.add(of(type, Optional.of(name))));
        }
        return found;
    }

    private static Resource of(String type, Optional<String> name) {
        if (List.of("ep", "endpoint", "endpoints")
                .contains(type.toLowerCase(java.util.Locale.ROOT))) {
            return new Resource(Kinds.SERVICE, true, name);
        }
        String bare = type.replaceFirst("\\..*$", "");
        return Optional.of(ClusterIpView.KIND)
                .filter(kind -> kind.isCalled(bare))
                .or(() -> Kinds.resource(bare))
                .filter(
                        kind ->
                                type.equals(bare)
                                        || type.substring(bare.length() + 1).equals(group(kind)))
                .map(kind -> new Resource(kind, false, name))
                .orElseThrow(() -> unknown(type));
    }

    static CliError unknown(String type) {
        return new CliError("the server doesn't have a resource type \"" + type + "\"");
    }

    /**
     * As kubectl names one object: {@code service/web}, {@code
     * networkpolicy.networking.k8s.io/deny}.
     */
    static String nameOf(Message object) {
        return typeName(Kinds.of(object)) + "/" + metadata(object).getName();
    }

    /** The kind with its API group: {@code service}, {@code networkpolicy.networking.k8s.io}. */
    static String typeName(Kind kind) {
        return group(kind).isEmpty() ? kind.singular() : kind.singular() + "." + group(kind);
    }

    static ObjectMeta metadata(Message object) {
        return (ObjectMeta)
                object.getField(object.getDescriptorForType().findFieldByName("metadata"));
    }

    private static String group(Kind kind) {
        int slash = kind.apiVersion().indexOf('/');
        return slash < 0 ? "" : kind.apiVersion().substring(0, slash);
    }
}
