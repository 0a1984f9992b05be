package dev.weir.agent.linux;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.IntFunction;

/** Question and answer on a transport; answers to older questions are skipped. */
final class Netlink {
    /** A dump that changes under us is started again; then the last, mixed one is an error. */
    private static final int DUMP_ATTEMPTS = 8;

    private Netlink() {}

    @FunctionalInterface
    interface MessageSink {
        void accept(NetlinkMessage message) throws IOException;
    }

    /** Collects the decoded items of a dump; {@code decode} may emit none or many per message. */
    @FunctionalInterface
    interface DumpDecoder<T> {
        void decode(NetlinkMessage message, List<T> into) throws IOException;
    }

    /**
     * Runs a dump until one was not interrupted by a change.
     *
     * @param request builds the request for a sequence number
     * @throws KernelException with the kernel's errno, ENOENT for an object that is not there
     */
    static <T> List<T> dump(
            NetlinkTransport transport,
            String what,
            IntFunction<NetlinkWriter> request,
            DumpDecoder<T> decoder)
            throws IOException {
        for (int attempt = 0; attempt < DUMP_ATTEMPTS; attempt++) {
            List<T> items = new ArrayList<>();
            int sequence = transport.nextSequence();
            transport.send(request.apply(sequence).toBuffer());
            if (collect(transport, what, sequence, message -> decoder.decode(message, items))) {
                return items;
            }
        }
        throw new KernelException(what + " kept changing while it was read", Errno.EINTR);
    }

    /** One request, answered by messages and then an acknowledgement. */
    static void ask(
            NetlinkTransport transport,
            String what,
            IntFunction<NetlinkWriter> request,
            MessageSink sink)
            throws IOException {
        int sequence = transport.nextSequence();
        transport.send(request.apply(sequence).toBuffer());
        collect(transport, what, sequence, sink);
    }

    /** Writes the message of one item, which must ask for an answer. */
    @FunctionalInterface
    interface Request<T> {
        void write(T item, int sequence, NetlinkWriter out);
    }

    /**
     * A request for each item, all in one datagram.
     *
     * @param harmless an answer that is no error
     * @return how many got that
     */
    static <T> int askEach(
            NetlinkTransport transport,
            String what,
            List<T> items,
            Request<T> request,
            Errno harmless)
            throws IOException {
        if (items.isEmpty()) {
            return 0;
        }
        NetlinkWriter out = new NetlinkWriter();
        Set<Integer> open = new HashSet<>();
        for (T item : items) {
            int sequence = transport.nextSequence();
            open.add(sequence);
            request.write(item, sequence, out);
        }
        transport.send(out.toBuffer());
        int spared = 0;
        KernelException failure = null;
        while (!open.isEmpty()) {
            for (NetlinkMessage message : NetlinkMessage.parse(transport.receive())) {
                if (message.type() != NetlinkMessage.ERROR || !open.remove(message.sequence())) {
                    continue;
                }
                NetlinkMessage.Answer answer = message.answer();
                if (answer.errno() == harmless.code()) {
                    spared++;
                } else if (!answer.ok()) {
                    failure = new KernelException(what, new Errno(answer.errno()));
                }
            }
        }
        if (failure != null) {
            throw failure;
        }
        return spared;
    }

    /** Reads to the end of the answer; false if a dump was interrupted. */
    private static boolean collect(
            NetlinkTransport transport, String what, int sequence, MessageSink sink)
            throws IOException {
        boolean consistent = true;
        while (true) {
            for (NetlinkMessage message : NetlinkMessage.parse(transport.receive())) {
                if (message.sequence() != sequence) {
                    continue;
                }
                consistent &= (message.flags() & NetlinkMessage.DUMP_INTERRUPTED) == 0;
                if (message.type() == NetlinkMessage.DONE) {
                    checkDone(message, what);
                    return consistent;
                }
                if (message.type() == NetlinkMessage.ERROR) {
                    NetlinkMessage.Answer answer = message.answer();
                    if (answer.ok()) {
                        return consistent;
                    }
                    if (answer.errno() == Errno.EINTR.code()) {
                        return false;
                    }
                    throw new KernelException(what, new Errno(answer.errno()));
                }
                sink.accept(message);
            }
        }
    }

    private static void checkDone(NetlinkMessage message, String what) throws IOException {
        int result = message.body().limit() >= 4 ? message.body().getInt(0) : 0;
        if (result < 0 && -result != Errno.EINTR.code()) {
            throw new KernelException(what, new Errno(-result));
        }
    }
}
