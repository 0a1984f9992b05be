package dev.weir.agent.l7.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.routing.Action.PathEdit;
import dev.weir.routing.Action.Redirect;
import dev.weir.routing.HeaderEdit;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Gateway API, HTTPRequestRedirectFilter and HTTPPathModifier. */
class LocationTest {
    /** The table of HTTPPathModifier.replacePrefixMatch; prefixes are as tables have them. */
    @ParameterizedTest
    @CsvSource({
        "/foo/bar, /foo, /xyz, /xyz/bar",
        "/foo/bar, /foo, /xyz/, /xyz/bar",
        "/foo, /foo, /xyz, /xyz",
        "/foo/, /foo, /xyz, /xyz/",
        "/foo/bar, /foo, '', /bar",
        "/foo/, /foo, '', /",
        "/foo, /foo, '', /",
        "/foo/, /foo, /, /",
        "/foo, /foo, /, /",
        "/bar, '', /xyz, /xyz/bar"
    })
    void aPrefixIsReplaced(String path, String prefix, String replacement, String expected) {
        assertThat(Location.edited(new PathEdit.Prefix(prefix, replacement), path))
                .isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource(
            nullValues = "-",
            value = {
                // scheme, host, port of the redirect; by TLS, port of the request; expected
                "-, -, -, false, 80, http://a.test/p?q=1",
                "-, -, -, false, 8080, http://a.test:8080/p?q=1",
                "-, -, -, true, 443, https://a.test/p?q=1",
                "-, -, -, true, 8443, https://a.test:8443/p?q=1",
                "https, -, -, false, 8080, https://a.test/p?q=1",
                "http, -, -, true, 8443, http://a.test/p?q=1",
                "https, -, 8443, false, 80, https://a.test:8443/p?q=1",
                "https, -, 443, false, 80, https://a.test/p?q=1",
                "http, -, 80, true, 443, http://a.test/p?q=1",
                "-, b.test, -, false, 80, http://b.test/p?q=1",
                "-, b.test, 80, true, 443, https://b.test:80/p?q=1"
            })
    void thePortIsSaidOnlyWhereItIsNotTheSchemesOwn(
            String scheme, String host, Integer port, boolean tls, int at, String expected) {
        Redirect redirect =
                new Redirect(
                        Optional.ofNullable(scheme),
                        Optional.ofNullable(host),
                        Optional.ofNullable(port),
                        Optional.empty(),
                        302,
                        HeaderEdit.NONE);

        assertThat(Location.of(redirect, tls, "a.test", at, "/p", "q=1")).isEqualTo(expected);
    }

    @Test
    void aFullPathKeepsTheQuery() {
        Redirect redirect =
                new Redirect(
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.of(new PathEdit.Full("/new")),
                        301,
                        HeaderEdit.NONE);

        assertThat(Location.of(redirect, false, "[::1]", 80, "/old", "x"))
                .isEqualTo("http://[::1]/new?x");
    }
}
