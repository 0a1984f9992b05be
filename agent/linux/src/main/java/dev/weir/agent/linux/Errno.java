package dev.weir.agent.linux;

/**
 * An error number of the Linux kernel, always positive.
 *
 * <p>Values are those of {@code asm-generic/errno.h}, the same on x86-64 and arm64.
 */
public record Errno(int code) {
    public static final Errno EPERM = new Errno(1);
    public static final Errno ENOENT = new Errno(2);
    public static final Errno ESRCH = new Errno(3);
    public static final Errno EINTR = new Errno(4);
    public static final Errno EAGAIN = new Errno(11);
    public static final Errno EBUSY = new Errno(16);
    public static final Errno EEXIST = new Errno(17);
    public static final Errno EINVAL = new Errno(22);
    public static final Errno ERESTART = new Errno(85);
    public static final Errno EOPNOTSUPP = new Errno(95);
    public static final Errno ENOBUFS = new Errno(105);

    public Errno {
        if (code <= 0) {
            throw new IllegalArgumentException("errno must be positive: " + code);
        }
    }

    @Override
    public String toString() {
        return switch (code) {
            case 1 -> "EPERM";
            case 2 -> "ENOENT";
            case 3 -> "ESRCH";
            case 4 -> "EINTR";
            case 11 -> "EAGAIN";
            case 12 -> "ENOMEM";
            case 13 -> "EACCES";
            case 16 -> "EBUSY";
            case 17 -> "EEXIST";
            case 22 -> "EINVAL";
            case 28 -> "ENOSPC";
            case 34 -> "ERANGE";
            case 40 -> "ELOOP";
            case 75 -> "EOVERFLOW";
            case 85 -> "ERESTART";
            case 90 -> "EMSGSIZE";
            case 95 -> "EOPNOTSUPP";
            case 100 -> "ENETDOWN";
            case 105 -> "ENOBUFS";
            default -> "errno " + code;
        };
    }
}
