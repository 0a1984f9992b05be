package dev.weir.endpoint.balance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.model.IpAddress;
import java.util.HashSet;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RunsTest {
    private static final int FEW = 24;

    private static Span span(IpAddress base, int from, int to) {
        return new Span(base.plus(from), base.plus(to));
    }

    @ParameterizedTest
    @ValueSource(strings = {"192.0.2.250", "2001:db8::ffff:ffff:ffff:fff0"})
    void isASetThatKnowsTheLowestThatIsMissing(String text) {
        long seed = 7;
        Random random = new Random(seed);
        IpAddress base = IpAddress.of(text);
        Set<IpAddress> set = new HashSet<>();
        Runs runs = Runs.EMPTY;
        for (int i = 0; i < 3_000; i++) {
            IpAddress address = base.plus(random.nextInt(FEW));
            boolean add = random.nextInt(3) > 0;
            runs = add ? runs.plus(address) : runs.minus(address);
            boolean unused = add ? set.add(address) : set.remove(address);
            int from = random.nextInt(FEW);
            Span span = span(base, from, from + random.nextInt(FEW));

            Optional<IpAddress> lowest =
                    IntStream.range(0, 2 * FEW)
                            .mapToObj(base::plus)
                            .filter(span::contains)
                            .filter(one -> !set.contains(one))
                            .findFirst();

            assertThat(runs.missing(span)).as("seed %d, change %d", seed, i).isEqualTo(lowest);
            assertThat(runs.contains(address)).isEqualTo(add);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"192.0.2.250", "2001:db8::ffff:ffff:ffff:fff0"})
    void tellsTheLowestThatIsMissingInBoth(String text) {
        long seed = 8;
        Random random = new Random(seed);
        IpAddress base = IpAddress.of(text);
        for (int i = 0; i < 1_000; i++) {
            Runs some = Runs.EMPTY;
            Runs others = Runs.EMPTY;
            Runs both = Runs.EMPTY;
            for (int n = random.nextInt(2 * FEW); n > 0; n--) {
                IpAddress address = base.plus(random.nextInt(FEW));
                both = both.plus(address);
                if (random.nextInt(3) > 0) {
                    some = some.plus(address);
                } else {
                    others = others.plus(address);
                }
            }
            int from = random.nextInt(FEW);
            Span span = span(base, from, from + random.nextInt(FEW));

            assertThat(some.missing(span, others))
                    .as("seed %d, change %d", seed, i)
                    .isEqualTo(both.missing(span));
        }
    }

    @Test
    void theLastAddressOfAFamilyIsNotBesideTheFirst() {
        IpAddress first = IpAddress.of("0.0.0.0");
        IpAddress last = IpAddress.of("255.255.255.255");
        Runs runs = Runs.EMPTY.plus(first).plus(last);

        assertThat(runs.contains(IpAddress.of("10.0.0.1"))).isFalse();
        assertThat(runs.missing(new Span(first, last))).contains(IpAddress.of("0.0.0.1"));
    }
}
