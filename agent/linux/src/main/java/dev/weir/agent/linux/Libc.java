package dev.weir.agent.linux;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;

/**
 * The few C library calls Weir needs. A failed call raises {@link KernelException} with the errno
 * captured by the linker at the call, so no other code can overwrite it.
 */
final class Libc {
    static final int AF_INET6 = 10;
    static final int AF_NETLINK = 16;
    static final int AF_PACKET = 17;
    static final int SOCK_DGRAM_CLOEXEC = 2 | 0x80000;
    static final int SOCK_RAW_CLOEXEC = 3 | 0x80000;
    static final int SOL_SOCKET = 1;
    static final int SO_SNDBUF = 7;
    static final int SO_RCVBUF = 8;
    static final int SO_RCVTIMEO = 20;
    static final int SO_SNDTIMEO = 21;
    static final int SO_ATTACH_FILTER = 26;
    static final int SO_SNDBUFFORCE = 32;
    static final int SO_RCVBUFFORCE = 33;
    static final int SOL_IPV6 = 41;
    static final int IPV6_JOIN_GROUP = 20;
    static final int SOL_NETLINK = 270;
    static final int NETLINK_CAP_ACK = 10;
    static final int NETLINK_EXT_ACK = 11;
    static final int MSG_TRUNC = 0x20;
    static final int CLONE_NEWNET = 0x40000000;
    private static final int O_RDONLY_CLOEXEC = 0x80000;

    private static final Linker LINKER = Linker.nativeLinker();
    private static final StructLayout CAPTURE = Linker.Option.captureStateLayout();
    private static final VarHandle ERRNO =
            CAPTURE.varHandle(MemoryLayout.PathElement.groupElement("errno"));

    private static final MethodHandle SOCKET = intCall("socket", JAVA_INT, JAVA_INT, JAVA_INT);
    private static final MethodHandle BIND = intCall("bind", JAVA_INT, ADDRESS, JAVA_INT);
    private static final MethodHandle SETSOCKOPT =
            intCall("setsockopt", JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT);
    private static final MethodHandle CLOSE = intCall("close", JAVA_INT);
    private static final MethodHandle SETNS = intCall("setns", JAVA_INT, JAVA_INT);
    private static final MethodHandle OPEN =
            handle(
                    "open",
                    FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT, JAVA_INT),
                    Linker.Option.firstVariadicArg(2));
    private static final MethodHandle SEND =
            handle(
                    "send",
                    FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT));
    private static final MethodHandle RECV =
            handle(
                    "recv",
                    FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT));

    private Libc() {}

    static int socket(int domain, int type, int protocol) throws KernelException {
        return (int)
                call("socket", errno -> (int) SOCKET.invokeExact(errno, domain, type, protocol));
    }

    static void bind(int fd, MemorySegment address) throws KernelException {
        int length = (int) address.byteSize();
        call("bind", errno -> (int) BIND.invokeExact(errno, fd, address, length));
    }

    static void setsockopt(int fd, int level, int option, MemorySegment value)
            throws KernelException {
        int length = (int) value.byteSize();
        call(
                "setsockopt " + option,
                errno -> (int) SETSOCKOPT.invokeExact(errno, fd, level, option, value, length));
    }

    static long send(int fd, MemorySegment bytes) throws KernelException {
        long length = bytes.byteSize();
        return call("send", errno -> (long) SEND.invokeExact(errno, fd, bytes, length, 0));
    }

    static long recv(int fd, MemorySegment buffer, int flags) throws KernelException {
        long length = buffer.byteSize();
        return call("recv", errno -> (long) RECV.invokeExact(errno, fd, buffer, length, flags));
    }

    static int openReadOnly(String path) throws KernelException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment name = arena.allocateFrom(path);
            return (int)
                    call(
                            "open " + path,
                            errno -> (int) OPEN.invokeExact(errno, name, O_RDONLY_CLOEXEC, 0));
        }
    }

    static void setns(int fd, int type) throws KernelException {
        call("setns", errno -> (int) SETNS.invokeExact(errno, fd, type));
    }

    static void close(int fd) throws KernelException {
        call("close", errno -> (int) CLOSE.invokeExact(errno, fd));
    }

    @FunctionalInterface
    private interface NativeCall {
        long run(MemorySegment errno) throws Throwable;
    }

    private static long call(String name, NativeCall body) throws KernelException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment capture = arena.allocate(CAPTURE);
            long result = body.run(capture);
            if (result < 0) {
                throw new KernelException(name, new Errno((int) ERRNO.get(capture, 0L)));
            }
            return result;
        } catch (KernelException | RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new AssertionError("a native call declares no exception", e);
        }
    }

    private static MethodHandle intCall(String name, MemoryLayout... arguments) {
        return handle(name, FunctionDescriptor.of(JAVA_INT, arguments));
    }

    private static MethodHandle handle(
            String name, FunctionDescriptor type, Linker.Option... options) {
        Linker.Option[] all = new Linker.Option[options.length + 1];
        all[0] = Linker.Option.captureCallState("errno");
        System.arraycopy(options, 0, all, 1, options.length);
        return LINKER.downcallHandle(LINKER.defaultLookup().findOrThrow(name), type, all);
    }
}
