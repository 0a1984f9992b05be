package dev.weir.bench;

/**
 * What something took, in seconds.
 *
 * @param user CPU outside of the kernel
 * @param system CPU in the kernel
 * @param wall what the clock on the wall says: where others work too, mostly theirs
 */
record Cost(double user, double system, double wall) {
    double cpu() {
        return user + system;
    }

    Cost since(Cost earlier) {
        return new Cost(user - earlier.user, system - earlier.system, wall - earlier.wall);
    }

    @Override
    public String toString() {
        return user + " " + system + " " + wall;
    }

    static Cost parse(String line) {
        String[] fields = line.strip().split(" +");
        return new Cost(
                Double.parseDouble(fields[0]),
                Double.parseDouble(fields[1]),
                Double.parseDouble(fields[2]));
    }
}
