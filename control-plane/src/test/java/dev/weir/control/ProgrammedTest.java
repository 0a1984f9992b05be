package dev.weir.control;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.changes.Frontier;
import dev.weir.core.v1.ObjectKey;
import dev.weir.model.Kinds;
import dev.weir.node.v1.Problem;
import dev.weir.node.v1.WaitProgrammedResponse;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class ProgrammedTest {
    private static final ObjectKey WEB = Kinds.SERVICE.key("shop", "web").toProto();
    private static final ObjectKey DB = Kinds.SERVICE.key("shop", "db").toProto();
    private static final Frontier TARGET =
            Frontier.of("log-1", "control", 5).max(Frontier.of("log-1", "endpoint", 7));
    private static final Frontier EARLIER =
            Frontier.of("log-1", "control", 5).max(Frontier.of("log-1", "endpoint", 6));
    private static final Frontier LATER =
            TARGET.max(Frontier.of("log-1", "policy", 3)).max(Frontier.of("log-1", "control", 9));
    private static final Frontier ELSEWHERE =
            Frontier.of("log-2", "control", 50).max(Frontier.of("log-2", "endpoint", 70));

    private static Problem problem(ObjectKey key) {
        return Problem.newBuilder().setKey(key).setPlane("nft").setReason("too many").build();
    }

    private static Carrier node(String name, Frontier programmed, ObjectKey... failing) {
        return new Carrier(
                name,
                java.util.Optional.empty(),
                true,
                programmed,
                Stream.of(failing).map(ProgrammedTest::problem).toList());
    }

    private static Carrier lost(String name, Frontier programmed, ObjectKey... failing) {
        return new Carrier(
                name,
                java.util.Optional.empty(),
                false,
                programmed,
                Stream.of(failing).map(ProgrammedTest::problem).toList());
    }

    private static WaitProgrammedResponse programmed() {
        return WaitProgrammedResponse.newBuilder().setProgrammed(true).build();
    }

    private static WaitProgrammedResponse waiting(String... names) {
        return WaitProgrammedResponse.newBuilder().addAllWaitingFor(List.of(names)).build();
    }

    private static WaitProgrammedResponse failed(String why) {
        return WaitProgrammedResponse.newBuilder().setFailed(why).build();
    }

    static Stream<Arguments> all() {
        return Stream.of(
                Arguments.of("no node", List.of(), programmed()),
                Arguments.of("exactly there", List.of(node("a", TARGET)), programmed()),
                Arguments.of("further", List.of(node("a", LATER)), programmed()),
                Arguments.of("one shard behind", List.of(node("a", EARLIER)), waiting("a")),
                Arguments.of("another log", List.of(node("a", ELSEWHERE)), waiting("a")),
                Arguments.of("nothing yet", List.of(node("a", Frontier.EMPTY)), waiting("a")),
                Arguments.of(
                        "each is named",
                        List.of(node("a", EARLIER), node("b", TARGET), node("c", EARLIER)),
                        waiting("a", "c")),
                Arguments.of(
                        "the unreachable are named too",
                        List.of(node("a", EARLIER), lost("b", EARLIER)),
                        waiting("a", "b (unreachable)")),
                Arguments.of(
                        "only unreachable ones are left",
                        List.of(node("a", TARGET), lost("b", EARLIER), lost("c", EARLIER)),
                        failed("only unreachable nodes are left: b, c")),
                Arguments.of(
                        "unreachable, but it has it",
                        List.of(node("a", TARGET), lost("b", TARGET)),
                        programmed()),
                Arguments.of(
                        "the object fails",
                        List.of(node("a", EARLIER), node("b", TARGET, WEB)),
                        failed("b: nft: Service web: too many")),
                Arguments.of("another object fails", List.of(node("b", TARGET, DB)), programmed()),
                Arguments.of(
                        "it failed before the change",
                        List.of(node("b", EARLIER, WEB)),
                        waiting("b")));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource
    void all(String situation, List<Carrier> nodes, WaitProgrammedResponse expected) {
        assertThat(Programmed.judge(TARGET, Set.of(WEB), false, nodes)).isEqualTo(expected);
    }

    static Stream<Arguments> reachable() {
        return Stream.of(
                Arguments.of(
                        "the unreachable do not count",
                        List.of(node("a", TARGET), lost("b", EARLIER)),
                        programmed()),
                Arguments.of(
                        "the others do",
                        List.of(node("a", EARLIER), lost("b", EARLIER)),
                        waiting("a", "b (unreachable)")),
                Arguments.of("all are gone", List.of(lost("b", EARLIER)), programmed()),
                Arguments.of(
                        "a failure counts",
                        List.of(node("a", TARGET, WEB), lost("b", EARLIER)),
                        failed("a: nft: Service web: too many")));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource
    void reachable(String situation, List<Carrier> nodes, WaitProgrammedResponse expected) {
        assertThat(Programmed.judge(TARGET, Set.of(WEB), true, nodes)).isEqualTo(expected);
    }

    @Test
    void nothingToWaitForIsProgrammed() {
        assertThat(
                        Programmed.judge(
                                Frontier.EMPTY,
                                Set.of(),
                                false,
                                List.of(node("a", Frontier.EMPTY))))
                .isEqualTo(programmed());
    }
}
