package dev.weir.model;

import dev.weir.core.v1.LabelSelector;
import dev.weir.core.v1.LabelSelectorRequirement;
import dev.weir.model.check.FieldErrors;
import dev.weir.model.check.Metadata;
import dev.weir.model.check.Names;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/** What a LabelSelector means, as apimachinery defines it. */
public final class LabelSelectors {
    public static final String IN = "In";
    public static final String NOT_IN = "NotIn";
    public static final String EXISTS = "Exists";
    public static final String DOES_NOT_EXIST = "DoesNotExist";

    private LabelSelectors() {}

    /**
     * Whether all requirements hold. {@code NotIn} holds for a missing key; an empty selector
     * matches everything.
     */
    public static boolean matches(LabelSelector selector, Map<String, String> labels) {
        return selector.getMatchLabelsMap().entrySet().stream()
                        .allMatch(entry -> entry.getValue().equals(labels.get(entry.getKey())))
                && selector.getMatchExpressionsList().stream()
                        .allMatch(requirement -> holds(requirement, labels));
    }

    private static boolean holds(LabelSelectorRequirement requirement, Map<String, String> labels) {
        String value = labels.get(requirement.getKey());
        return switch (requirement.getOperator()) {
            case IN -> value != null && requirement.getValuesList().contains(value);
            case NOT_IN -> value == null || !requirement.getValuesList().contains(value);
            case EXISTS -> value != null;
            case DOES_NOT_EXIST -> value == null;
            default -> false;
        };
    }

    /**
     * Reads what kubectl's {@code -l} takes: {@code app=web,tier in (a,b),env!=prod,!legacy}. An
     * empty text selects everything. Throws a BAD_REQUEST failure for a text that is no selector.
     */
    public static LabelSelector parse(String text) {
        return new SelectorParser(text).parse();
    }

    /**
     * One text for all selectors with the same requirements, whatever their order: fit for hashing,
     * and readable as {@link #parse} reads it. Empty for a selector of everything.
     */
    public static String canonical(LabelSelector selector) {
        TreeSet<String> requirements = new TreeSet<>();
        selector.getMatchLabelsMap()
                .forEach((key, value) -> requirements.add(key + " in (" + value + ")"));
        for (LabelSelectorRequirement requirement : selector.getMatchExpressionsList()) {
            String key = requirement.getKey();
            String values = String.join(",", new TreeSet<>(requirement.getValuesList()));
            requirements.add(
                    switch (requirement.getOperator()) {
                        case IN -> key + " in (" + values + ")";
                        case NOT_IN -> key + " notin (" + values + ")";
                        case EXISTS -> key;
                        case DOES_NOT_EXIST -> "!" + key;
                        default ->
                                throw new IllegalArgumentException(
                                        "not a valid selector operator: "
                                                + requirement.getOperator());
                    });
        }
        return String.join(",", requirements);
    }

    /**
     * Adds what is wrong with a selector. Only a selector without errors has a {@link #canonical}
     * text.
     */
    public static void check(String path, LabelSelector selector, FieldErrors errors) {
        Metadata.labels(path + ".matchLabels", selector.getMatchLabelsMap(), errors);
        for (int i = 0; i < selector.getMatchExpressionsCount(); i++) {
            check(path + ".matchExpressions[" + i + "]", selector.getMatchExpressions(i), errors);
        }
    }

    private static void check(
            String path, LabelSelectorRequirement requirement, FieldErrors errors) {
        List<String> values = requirement.getValuesList();
        switch (requirement.getOperator()) {
            case IN, NOT_IN -> {
                if (values.isEmpty()) {
                    errors.required(
                            path + ".values",
                            "must be specified when `operator` is 'In' or 'NotIn'");
                }
            }
            case EXISTS, DOES_NOT_EXIST -> {
                if (!values.isEmpty()) {
                    errors.forbidden(
                            path + ".values",
                            "may not be specified when `operator` is 'Exists' or 'DoesNotExist'");
                }
            }
            default ->
                    errors.invalid(
                            path + ".operator",
                            requirement.getOperator(),
                            "not a valid selector operator");
        }
        String key = requirement.getKey();
        errors.invalid(path + ".key", key, Names.qualifiedName(key));
        for (int i = 0; i < values.size(); i++) {
            errors.invalid(
                    path + ".values[" + i + "]", values.get(i), Names.labelValue(values.get(i)));
        }
    }
}
