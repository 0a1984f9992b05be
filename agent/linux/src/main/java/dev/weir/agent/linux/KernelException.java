package dev.weir.agent.linux;

import java.io.IOException;

/** The kernel refused a call; {@link #errno()} says why. */
public final class KernelException extends IOException {
    private static final long serialVersionUID = 1L;

    private final int code;

    KernelException(String call, Errno errno) {
        super(call + ": " + errno);
        this.code = errno.code();
    }

    public Errno errno() {
        return new Errno(code);
    }
}
