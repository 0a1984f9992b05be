package dev.weir.agent.cni.ipam;

import static dev.weir.agent.cni.ipam.Sample.START;
import static dev.weir.agent.cni.ipam.Sample.block;
import static dev.weir.agent.cni.ipam.Sample.key;
import static dev.weir.agent.cni.ipam.Sample.wanted;
import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.agent.cni.ipam.BlockSource.Acknowledgement;
import dev.weir.agent.cni.ipam.Decision.Granted;
import dev.weir.agent.cni.ipam.Decision.Reason;
import dev.weir.agent.cni.ipam.Decision.Refused;
import dev.weir.agent.cni.ipam.JournalEntry.Allocated;
import dev.weir.agent.cni.ipam.JournalEntry.Released;
import dev.weir.model.IpAddress;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class AllocatorTest {
    private static final Block DUAL = block("10.1.0.0/30", "fd00::/126");

    private static Allocator at(long second, Acknowledgement answer) {
        return new Allocator(List.of(DUAL), START.plusSeconds(second), released -> answer);
    }

    private static Allocations take(Allocations state, int number, Allocator allocator) {
        Decision decision = allocator.allocate(state, wanted(number), Set.of());
        assertThat(decision).isInstanceOf(Granted.class);
        return state.apply(new Allocated(((Granted) decision).attachment()));
    }

    private static Allocations full() {
        Allocations state = Allocations.EMPTY;
        for (int i = 0; i < 4; i++) {
            state = take(state, i, at(0, Acknowledgement.EVERYWHERE));
        }
        return state;
    }

    private static Allocations give(Allocations state, int number, long second) {
        List<IpAddress> addresses = state.held().get(key(number)).addresses();
        return state.apply(new Released(key(number), addresses, START.plusSeconds(second)));
    }

    private static List<IpAddress> addresses(String... texts) {
        return List.of(texts).stream().map(IpAddress::of).toList();
    }

    @Test
    void bothFamiliesComeFromOneSlotAndEverySlotIsUsable() {
        Allocations state = full();

        assertThat(state.held().get(key(0)).addresses()).isEqualTo(addresses("10.1.0.0", "fd00::"));
        assertThat(state.held().get(key(3)).addresses())
                .isEqualTo(addresses("10.1.0.3", "fd00::3"));
    }

    @Test
    void aFullBlockIsExhausted() {
        Decision decision = at(0, Acknowledgement.EVERYWHERE).allocate(full(), wanted(9), Set.of());

        assertThat(decision)
                .isInstanceOfSatisfying(
                        Refused.class, r -> assertThat(r.reason()).isEqualTo(Reason.EXHAUSTED));
    }

    @ParameterizedTest
    @CsvSource({
        "29, EVERYWHERE, false",
        "30, EVERYWHERE, true",
        "500, PENDING, false",
        "129, UNKNOWN, false",
        "130, UNKNOWN, true"
    })
    void aReleasedAddressCoolsDown(long second, Acknowledgement answer, boolean reusable) {
        Allocations state = give(full(), 2, 0);

        Decision decision = at(second, answer).allocate(state, wanted(9), Set.of());

        assertThat(decision instanceof Granted).isEqualTo(reusable);
        assertThat(at(second, answer).free(state, 9)).isEqualTo(reusable ? 1 : 0);
    }

    @Test
    void theAddressReleasedLongestAgoIsReusedFirst() {
        Allocations state = give(give(give(full(), 2, 3), 0, 5), 1, 4);

        Allocations next = take(state, 9, at(100, Acknowledgement.EVERYWHERE));

        assertThat(next.held().get(key(9)).addresses()).isEqualTo(addresses("10.1.0.2", "fd00::2"));
    }

    @Test
    void aNeverUsedAddressGoesBeforeAReleasedOne() {
        Allocator later = at(100, Acknowledgement.EVERYWHERE);
        Allocations state = give(take(Allocations.EMPTY, 0, later), 0, 0);

        Allocations next = take(state, 9, later);

        assertThat(next.held().get(key(9)).addresses()).isEqualTo(addresses("10.1.0.1", "fd00::1"));
    }

    @ParameterizedTest
    @CsvSource({"10.1.0.2, fd00::2", "fd00::2, 10.1.0.2"})
    void aRequestedAddressBringsItsPartner(String requested, String partner) {
        Decision decision =
                at(0, Acknowledgement.EVERYWHERE)
                        .allocate(Allocations.EMPTY, wanted(1), Set.of(IpAddress.of(requested)));

        assertThat(((Granted) decision).attachment().addresses())
                .containsExactlyInAnyOrder(IpAddress.of(requested), IpAddress.of(partner));
    }

    @Test
    void aRequestedAddressIsRefusedForAReason() {
        Allocations state = give(full(), 2, 0);
        Allocator allocator = at(1, Acknowledgement.EVERYWHERE);

        assertThat(reason(allocator, state, "10.9.0.1")).isEqualTo(Reason.NOT_OURS);
        assertThat(reason(allocator, state, "10.1.0.1", "fd00::2")).isEqualTo(Reason.NOT_OURS);
        assertThat(reason(allocator, state, "10.1.0.1")).isEqualTo(Reason.IN_USE);
        assertThat(reason(allocator, state, "10.1.0.2")).isEqualTo(Reason.COOLING);
    }

    private static Reason reason(Allocator allocator, Allocations state, String... requested) {
        Decision decision = allocator.allocate(state, wanted(9), Set.copyOf(addresses(requested)));
        return ((Refused) decision).reason();
    }
}
