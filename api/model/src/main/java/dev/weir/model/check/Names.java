package dev.weir.model.check;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/**
 * The syntax of names (RFC 1123, RFC 1035), labels and port names (RFC 6335), as apimachinery's
 * validation package has it. Each function answers with what is wrong, in its words; nothing when
 * nothing is.
 */
public final class Names {
    private static final int LABEL_LENGTH = 63;
    private static final int SUBDOMAIN_LENGTH = 253;
    private static final int PORT_NAME_LENGTH = 15;
    private static final int LAST_PORT = 65_535;

    private static final String LABEL = "[a-z0-9]([-a-z0-9]*[a-z0-9])?";
    private static final Syntax DNS_1123_LABEL =
            new Syntax(
                    "a lowercase RFC 1123 label must consist of lower case alphanumeric characters"
                            + " or '-', and must start and end with an alphanumeric character",
                    LABEL,
                    "my-name",
                    "123-abc");
    private static final Syntax DNS_1123_SUBDOMAIN =
            new Syntax(
                    "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric"
                            + " characters, '-' or '.', and must start and end with an alphanumeric"
                            + " character",
                    LABEL + "(\\." + LABEL + ")*",
                    "example.com");
    private static final Syntax DNS_1035_LABEL =
            new Syntax(
                    "a DNS-1035 label must consist of lower case alphanumeric characters or '-',"
                            + " start with an alphabetic character, and end with an alphanumeric"
                            + " character",
                    "[a-z]([-a-z0-9]*[a-z0-9])?",
                    "my-name",
                    "abc-123");
    private static final Syntax QUALIFIED_NAME =
            new Syntax(
                    "must consist of alphanumeric characters, '-', '_' or '.', and must start and"
                            + " end with an alphanumeric character",
                    "([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]",
                    "MyName",
                    "my.name",
                    "123-abc");
    private static final Syntax LABEL_VALUE =
            new Syntax(
                    "a valid label must be an empty string or consist of alphanumeric characters,"
                        + " '-', '_' or '.', and must start and end with an alphanumeric character",
                    "(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?",
                    "MyValue",
                    "my_value",
                    "12345");

    private static final Predicate<String> PORT_NAME_CHARACTERS =
            Pattern.compile("[-a-z0-9]+").asMatchPredicate();
    private static final Predicate<String> HAS_LETTER = Pattern.compile("[a-z]").asPredicate();

    private Names() {}

    public static List<String> dns1123Label(String value) {
        return check(value, LABEL_LENGTH, DNS_1123_LABEL);
    }

    public static List<String> dns1123Subdomain(String value) {
        return check(value, SUBDOMAIN_LENGTH, DNS_1123_SUBDOMAIN);
    }

    public static List<String> dns1035Label(String value) {
        return check(value, LABEL_LENGTH, DNS_1035_LABEL);
    }

    public static List<String> labelValue(String value) {
        return check(value, LABEL_LENGTH, LABEL_VALUE);
    }

    /** A label key, or another name with an optional domain in front of a slash. */
    public static List<String> qualifiedName(String value) {
        String[] parts = value.split("/", -1);
        List<String> wrong = new ArrayList<>();
        if (parts.length > 2) {
            return List.of(
                    "a qualified name "
                            + QUALIFIED_NAME.message()
                            + " with an optional DNS subdomain prefix and '/' (e.g."
                            + " 'example.com/MyName')");
        }
        if (parts.length == 2 && parts[0].isEmpty()) {
            wrong.add("prefix part must be non-empty");
        } else if (parts.length == 2) {
            dns1123Subdomain(parts[0]).forEach(message -> wrong.add("prefix part " + message));
        }
        String name = parts[parts.length - 1];
        if (name.isEmpty()) {
            wrong.add("name part must be non-empty");
        }
        check(name, LABEL_LENGTH, QUALIFIED_NAME)
                .forEach(message -> wrong.add("name part " + message));
        return wrong;
    }

    /** The name of a port: IANA_SVC_NAME. */
    public static List<String> portName(String value) {
        List<String> wrong = new ArrayList<>(tooLong(value, PORT_NAME_LENGTH));
        if (!PORT_NAME_CHARACTERS.test(value)) {
            wrong.add("must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)");
        }
        if (!HAS_LETTER.test(value)) {
            wrong.add("must contain at least one letter (a-z)");
        }
        if (value.contains("--")) {
            wrong.add("must not contain consecutive hyphens");
        }
        if (value.startsWith("-") || value.endsWith("-")) {
            wrong.add("must not begin or end with a hyphen");
        }
        return wrong;
    }

    public static List<String> portNumber(int value) {
        return inRange(value, 1, LAST_PORT);
    }

    public static List<String> inRange(int value, int least, int most) {
        return value >= least && value <= most
                ? List.of()
                : List.of("must be between %d and %d, inclusive".formatted(least, most));
    }

    private static List<String> check(String value, int length, Syntax syntax) {
        List<String> wrong = new ArrayList<>(tooLong(value, length));
        if (!syntax.matches.test(value)) {
            wrong.add(syntax.message());
        }
        return wrong;
    }

    private static List<String> tooLong(String value, int length) {
        return value.getBytes(StandardCharsets.UTF_8).length > length
                ? List.of("must be no more than " + length + " characters")
                : List.of();
    }

    /** A form that a name must have, and how it is explained. */
    private record Syntax(
            String rule, String regex, List<String> examples, Predicate<String> matches) {
        Syntax(String rule, String regex, String... examples) {
            this(rule, regex, List.of(examples), Pattern.compile(regex).asMatchPredicate());
        }

        /** With two spaces before "or", as upstream has them. */
        String message() {
            return "%s (e.g. '%s', regex used for validation is '%s')"
                    .formatted(rule, String.join("',  or '", examples), regex);
        }
    }
}
