package dev.weir.lab;

import dev.weir.cli.ControlPlane;
import dev.weir.cli.Launcher;
import dev.weir.cli.RunningProcess;
import dev.weir.client.ServerAddress;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * A process of a lab that is not on a node; all of them share the host {@link LabPlace#control()}.
 *
 * @param role one of {@link Shape#roles()}
 * @param program what the launcher calls it
 * @param settings of the program, by name
 * @param arguments of the program, after its settings
 * @param answers whether the running process serves what it is for
 */
record ControlProcess(
        String role,
        String program,
        Map<String, String> settings,
        List<String> arguments,
        Predicate<RunningProcess> answers) {

    /** Those of this lab, in the order in which they are started. */
    static List<ControlProcess> of(LabPlace place, LabSettings settings) {
        return settings.shape().roles().stream().map(role -> of(place, settings, role)).toList();
    }

    private static ControlProcess of(LabPlace place, LabSettings settings, String role) {
        if (role.equals(Shape.BROKER)) {
            return broker(place);
        }
        Path socket = place.socket(settings.shape(), role);
        Map<String, String> all = new LinkedHashMap<>(settings.cluster());
        all.put("weir.listen", new ServerAddress.Unix(socket).toString());
        all.put("weir.dns-listen", LabNetwork.CONTROL_IPV4 + "," + LabNetwork.CONTROL_IPV6);
        Predicate<RunningProcess> answers = process -> ControlPlane.answers(socket);
        return switch (settings.shape()) {
            case STANDALONE -> {
                all.put("weir.data", place.directory().toString());
                yield new ControlProcess(role, role, all, List.of(), answers);
            }
            case DISTRIBUTED -> {
                all.put("weir.role", role);
                all.put("weir.kafka.bootstrap", LabNetwork.BROKER);
                if (role.equals(settings.shape().frontDoor())) {
                    all.put("weir.secret-key-file", place.secretKey().toString());
                }
                yield new ControlProcess(role, "service", all, List.of(), answers);
            }
        };
    }

    private static ControlProcess broker(LabPlace place) {
        return new ControlProcess(
                Shape.BROKER,
                Shape.BROKER,
                Map.of(),
                List.of("--data", place.kafka().toString(), "--listen", LabNetwork.BROKER),
                process -> Listening.on(process.pid(), LabNetwork.BROKER_PORT));
    }

    /** The command line, with the marks of this lab: settings come before arguments. */
    List<String> command(LabPlace place, Launcher launcher) {
        return Stream.of(
                        launcher.command(program, settings),
                        LabProcess.marks(place, role, ""),
                        arguments)
                .flatMap(List::stream)
                .toList();
    }
}
