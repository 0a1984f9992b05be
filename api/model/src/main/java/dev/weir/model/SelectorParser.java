package dev.weir.model;

import dev.weir.core.v1.LabelSelector;
import dev.weir.core.v1.LabelSelectorRequirement;
import dev.weir.model.Failure.Reason;
import dev.weir.model.check.FieldErrors;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads one label selector as kubectl's {@code -l} takes it. */
final class SelectorParser {
    private static final Pattern TOKEN =
            Pattern.compile("\\s*(==|!=|[=!,()<>]|[^\\s=!,()<>]+)\\s*");
    private static final String END = "";

    private final String text;
    private final List<String> tokens = new ArrayList<>();
    private int next;

    SelectorParser(String text) {
        this.text = text;
        Matcher matcher = TOKEN.matcher(text);
        while (matcher.find()) {
            tokens.add(matcher.group(1));
        }
    }

    LabelSelector parse() {
        LabelSelector.Builder selector = LabelSelector.newBuilder();
        if (!peek().equals(END)) {
            do {
                selector.addMatchExpressions(requirement());
            } while (accept(","));
            if (!peek().equals(END)) {
                throw unexpected("',' or end of selector");
            }
        }
        FieldErrors errors = new FieldErrors();
        LabelSelectors.check("labelSelector", selector.build(), errors);
        if (!errors.isEmpty()) {
            throw failure(errors.list().getFirst().detail());
        }
        return selector.build();
    }

    private LabelSelectorRequirement requirement() {
        LabelSelectorRequirement.Builder requirement = LabelSelectorRequirement.newBuilder();
        if (accept("!")) {
            return requirement.setKey(word()).setOperator(LabelSelectors.DOES_NOT_EXIST).build();
        }
        requirement.setKey(word());
        return switch (peek()) {
            case "=", "==" -> requirement.setOperator(LabelSelectors.IN).addValues(value()).build();
            case "!=" -> requirement.setOperator(LabelSelectors.NOT_IN).addValues(value()).build();
            case "in" -> requirement.setOperator(LabelSelectors.IN).addAllValues(values()).build();
            case "notin" ->
                    requirement.setOperator(LabelSelectors.NOT_IN).addAllValues(values()).build();
            case END, "," -> requirement.setOperator(LabelSelectors.EXISTS).build();
            default -> throw unexpected("'=', '==', '!=', 'in', 'notin' or ','");
        };
    }

    /** After an operator: may be empty. */
    private String value() {
        next++;
        return isWord(peek()) ? tokens.get(next++) : "";
    }

    private List<String> values() {
        next++;
        if (!accept("(")) {
            throw unexpected("'('");
        }
        List<String> values = new ArrayList<>();
        do {
            values.add(isWord(peek()) ? tokens.get(next++) : "");
        } while (accept(","));
        if (!accept(")")) {
            throw unexpected("',' or ')'");
        }
        return values;
    }

    private String word() {
        if (!isWord(peek())) {
            throw unexpected("a label key");
        }
        return tokens.get(next++);
    }

    private static boolean isWord(String token) {
        return !token.isEmpty() && "=!,()<>".indexOf(token.charAt(0)) < 0;
    }

    private boolean accept(String token) {
        boolean found = peek().equals(token);
        next += found ? 1 : 0;
        return found;
    }

    private String peek() {
        return next < tokens.size() ? tokens.get(next) : END;
    }

    private FailureException unexpected(String expected) {
        return failure("found '" + peek() + "', expected: " + expected);
    }

    private FailureException failure(String problem) {
        return Failure.of(
                        Reason.BAD_REQUEST,
                        "unable to parse requirement: %s, in label selector \"%s\""
                                .formatted(problem, text))
                .asException();
    }
}
