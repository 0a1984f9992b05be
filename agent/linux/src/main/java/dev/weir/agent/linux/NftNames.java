package dev.weir.agent.linux;

/** Names of tables, chains and sets: what both nft text and the kernel take unquoted. */
public final class NftNames {
    /** Well below the kernel's 255, so that a name always fits a verdict. */
    private static final int MAX_LENGTH = 64;

    private NftNames() {}

    /**
     * @return the name itself
     * @throws IllegalArgumentException unless it is a letter followed by letters, digits, '-', '_'
     */
    public static String check(String name) {
        boolean ok = !name.isEmpty() && name.length() <= MAX_LENGTH && letter(name.charAt(0));
        for (int i = 1; ok && i < name.length(); i++) {
            char c = name.charAt(i);
            ok = letter(c) || (c >= '0' && c <= '9') || c == '-' || c == '_';
        }
        if (!ok) {
            throw new IllegalArgumentException("not an nftables name: \"" + name + "\"");
        }
        return name;
    }

    private static boolean letter(char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    }
}
