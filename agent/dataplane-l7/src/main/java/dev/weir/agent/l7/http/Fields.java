package dev.weir.agent.l7.http;

import java.util.Arrays;

/** Where each header of a head is, and which it is. */
final class Fields {
    private static final int SPAN = 4;
    private static final int USUAL = 24;

    private byte[] bytes = Head.NOTHING;
    private Field[] fields = new Field[USUAL];

    /** Of each header where its name begins and ends, and its value. */
    private int[] spans = new int[USUAL * SPAN];

    private int count;

    void in(byte[] array) {
        bytes = array;
    }

    void clear() {
        count = 0;
    }

    void add(Field field, int nameFrom, int nameTo, int valueFrom, int valueTo) {
        if (count == fields.length) {
            fields = Arrays.copyOf(fields, 2 * count);
            spans = Arrays.copyOf(spans, 2 * count * SPAN);
        }
        fields[count] = field;
        int at = count++ * SPAN;
        spans[at] = nameFrom;
        spans[at + 1] = nameTo;
        spans[at + 2] = valueFrom;
        spans[at + 3] = valueTo;
    }

    int count() {
        return count;
    }

    Field field(int i) {
        return fields[i];
    }

    int nameFrom(int i) {
        return spans[i * SPAN];
    }

    int nameTo(int i) {
        return spans[i * SPAN + 1];
    }

    int valueFrom(int i) {
        return spans[i * SPAN + 2];
    }

    int valueTo(int i) {
        return spans[i * SPAN + 3];
    }

    /** How many there are of this field. */
    int count(Field field) {
        int found = 0;
        for (int i = 0; i < count; i++) {
            found += fields[i] == field ? 1 : 0;
        }
        return found;
    }

    /** Whether a header has this name, in any case. */
    boolean isName(int i, String name) {
        int from = nameFrom(i);
        if (nameTo(i) - from != name.length()) {
            return false;
        }
        for (int j = 0; j < name.length(); j++) {
            if (Octet.lower(bytes[from + j]) != Octet.lower(name.charAt(j))) {
                return false;
            }
        }
        return true;
    }

    /** Marks what Connection names: those headers are for this hop only. */
    void markNamed() {
        for (int c = 0; c < count; c++) {
            if (fields[c] == Field.CONNECTION) {
                int to = valueTo(c);
                for (int at = valueFrom(c), end; at < to; at = end + 1) {
                    end = Octet.end(bytes, at, to, Octet.TOKEN);
                    markNamed(at, end);
                }
            }
        }
    }

    private void markNamed(int from, int to) {
        for (int i = 0; i < count; i++) {
            if (fields[i] == Field.OTHER && isName(i, from, to)) {
                fields[i] = Field.NAMED;
            }
        }
    }

    private boolean isName(int i, int from, int to) {
        int at = nameFrom(i);
        if (nameTo(i) - at != to - from) {
            return false;
        }
        for (int j = from; j < to; j++) {
            if (Octet.lower(bytes[j]) != Octet.lower(bytes[at++])) {
                return false;
            }
        }
        return true;
    }
}
