package dev.weir.agent.linux;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;

/**
 * Runs nft text in process by libnftables, for the laborious part: tables, chains, rules, sets.
 * Elements belong to {@link NftTables}.
 *
 * <p>Bound to the network namespace of the thread that opens it. One owner at a time. All text of
 * one call is one transaction.
 */
public final class NftText implements AutoCloseable {
    /** A longer listing is refused: text is never the way to read a large ruleset. */
    private static final long MAX_OUTPUT_BYTES = 64L << 20;

    private static final MethodHandle NEW;
    private static final MethodHandle FREE;
    private static final MethodHandle BUFFER_OUTPUT;
    private static final MethodHandle BUFFER_ERROR;
    private static final MethodHandle GET_OUTPUT;
    private static final MethodHandle GET_ERROR;
    private static final MethodHandle RUN;

    static {
        SymbolLookup library = SymbolLookup.libraryLookup("libnftables.so.1", Arena.global());
        Linker linker = Linker.nativeLinker();
        FunctionDescriptor intOfPointer = FunctionDescriptor.of(JAVA_INT, ADDRESS);
        FunctionDescriptor pointerOfPointer = FunctionDescriptor.of(ADDRESS, ADDRESS);
        NEW = handle(linker, library, "nft_ctx_new", FunctionDescriptor.of(ADDRESS, JAVA_INT));
        FREE = handle(linker, library, "nft_ctx_free", FunctionDescriptor.ofVoid(ADDRESS));
        BUFFER_OUTPUT = handle(linker, library, "nft_ctx_buffer_output", intOfPointer);
        BUFFER_ERROR = handle(linker, library, "nft_ctx_buffer_error", intOfPointer);
        GET_OUTPUT = handle(linker, library, "nft_ctx_get_output_buffer", pointerOfPointer);
        GET_ERROR = handle(linker, library, "nft_ctx_get_error_buffer", pointerOfPointer);
        RUN =
                handle(
                        linker,
                        library,
                        "nft_run_cmd_from_buffer",
                        FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS));
    }

    private MemorySegment context;

    private NftText(MemorySegment context) {
        this.context = context;
    }

    /** nft refused the text; the message is nft's own, with line and column. */
    public static final class RefusedException extends IOException {
        private static final long serialVersionUID = 1L;

        RefusedException(String message) {
            super(message);
        }
    }

    /**
     * Opens the calling thread's network namespace.
     *
     * @throws IOException if libnftables gives no context
     */
    public static NftText open() throws IOException {
        try {
            MemorySegment context = (MemorySegment) NEW.invokeExact(0);
            if (context.address() == 0) {
                throw new IOException("libnftables gives no context");
            }
            int out = (int) BUFFER_OUTPUT.invokeExact(context);
            int error = (int) BUFFER_ERROR.invokeExact(context);
            if (out != 0 || error != 0) {
                FREE.invokeExact(context);
                throw new IOException("libnftables gives no buffers");
            }
            return new NftText(context);
        } catch (IOException | RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new AssertionError("a native call declares no exception", e);
        }
    }

    /**
     * Runs all commands in one transaction.
     *
     * @return what nft prints
     * @throws RefusedException if nothing was changed
     */
    public String run(String commands) throws IOException {
        if (context.address() == 0) {
            throw new IllegalStateException("closed");
        }
        try (Arena arena = Arena.ofConfined()) {
            int result = (int) RUN.invokeExact(context, arena.allocateFrom(commands));
            String output = string((MemorySegment) GET_OUTPUT.invokeExact(context));
            String error = string((MemorySegment) GET_ERROR.invokeExact(context));
            if (result != 0) {
                throw new RefusedException(error.strip());
            }
            return output;
        } catch (IOException | RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new AssertionError("a native call declares no exception", e);
        }
    }

    private static String string(MemorySegment text) {
        return text.address() == 0 ? "" : text.reinterpret(MAX_OUTPUT_BYTES).getString(0);
    }

    @Override
    public void close() {
        if (context.address() == 0) {
            return;
        }
        try {
            FREE.invokeExact(context);
        } catch (Throwable e) {
            throw new AssertionError("a native call declares no exception", e);
        } finally {
            context = MemorySegment.NULL;
        }
    }

    private static MethodHandle handle(
            Linker linker, SymbolLookup library, String name, FunctionDescriptor type) {
        return linker.downcallHandle(library.findOrThrow(name), type);
    }
}
