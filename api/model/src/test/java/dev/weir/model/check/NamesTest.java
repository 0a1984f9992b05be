package dev.weir.model.check;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NamesTest {

    @ParameterizedTest
    @CsvSource({
        "a,true,true,true",
        "web-1,true,true,true",
        "1web,true,true,false",
        "a.b,false,true,false",
        "a..b,false,false,false",
        "-a,false,false,false",
        "a-,false,false,false",
        "A,false,false,false",
        "a_b,false,false,false",
        "'',false,false,false",
        "é,false,false,false",
    })
    void tellsNamesApart(String name, boolean label, boolean subdomain, boolean rfc1035) {
        assertThat(Names.dns1123Label(name).isEmpty()).isEqualTo(label);
        assertThat(Names.dns1123Subdomain(name).isEmpty()).isEqualTo(subdomain);
        assertThat(Names.dns1035Label(name).isEmpty()).isEqualTo(rfc1035);
    }

    @Test
    void boundsLengths() {
        assertThat(Names.dns1123Label("a".repeat(63))).isEmpty();
        assertThat(Names.dns1123Label("a".repeat(64)))
                .containsExactly("must be no more than 63 characters");
        assertThat(Names.dns1123Subdomain("a".repeat(254)))
                .containsExactly("must be no more than 253 characters");
        assertThat(Names.labelValue("a".repeat(64)))
                .containsExactly("must be no more than 63 characters");
        assertThat(Names.qualifiedName("a/" + "b".repeat(64)))
                .containsExactly("name part must be no more than 63 characters");
        assertThat(Names.portName("a".repeat(16)))
                .containsExactly("must be no more than 15 characters");
    }

    @ParameterizedTest
    @CsvSource({"'',2", "a,0", "a/b,0", "/b,1", "a/,2", "A/b,1", "a/b/c,1", "a_b.c-D,0", "-,1"})
    void readsQualifiedNames(String name, int problems) {
        assertThat(Names.qualifiedName(name)).hasSize(problems);
    }

    @ParameterizedTest
    @CsvSource({"http,0", "80,1", "a--b,1", "-a,1", "A,2", "'',2", "a_b,1"})
    void readsPortNames(String name, int problems) {
        assertThat(Names.portName(name)).hasSize(problems);
    }

    @ParameterizedTest
    @CsvSource({"0,1", "1,0", "65535,0", "65536,1", "-1,1"})
    void readsPortNumbers(int port, int problems) {
        assertThat(Names.portNumber(port)).hasSize(problems);
    }

    @Test
    void takesAnOldRangeUnchecked() {
        FieldErrors errors = new FieldErrors();

        var kept = Networks.cidr("x", "10.0.0.1/8", Set.of("10.0.0.1/8"), errors);

        assertThat(kept).isPresent();
        assertThat(errors.list()).isEqualTo(List.of());
    }
}
