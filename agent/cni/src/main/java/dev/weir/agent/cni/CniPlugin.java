package dev.weir.agent.cni;

import dev.weir.agent.cni.Attachments.Attached;
import dev.weir.agent.cni.ipam.AttachmentKey;
import dev.weir.agent.cni.ipam.PodAttachment;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The plug-in's side of the CNI specification 1.1.0: a call in, what to print and the exit code
 * out.
 */
final class CniPlugin {
    private static final Logger LOG = System.getLogger(CniPlugin.class.getName());

    /** As the specification says, for container ids and network names. */
    private static final Pattern ID = Pattern.compile("[A-Za-z0-9][A-Za-z0-9_.-]*");

    /** Narrower than the specification: 1 to 15 characters that need no care anywhere. */
    private static final Pattern IFNAME = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9_.-]{0,14}");

    private static final Pattern PATH = Pattern.compile("/[A-Za-z0-9_./:@%+,=-]+");

    private final Attachments attachments;
    private final String bootId;

    /**
     * @param bootId of the running kernel: namespaces of another boot are gone
     */
    CniPlugin(Attachments attachments, String bootId) {
        this.attachments = attachments;
        this.bootId = bootId;
    }

    CniReply call(CniRequest request) throws InterruptedException {
        String version = "";
        try {
            NetworkConfig config = NetworkConfig.parse(request.config());
            version = config.cniVersion();
            return dispatch(request, config);
        } catch (CniException e) {
            LOG.log(
                    Level.WARNING,
                    "{0} of {1} fails: {2}",
                    request.cmd(),
                    request.containerId(),
                    e.getMessage());
            return CniReply.failed(CniResult.error(version, e.code(), e.getMessage()));
        } catch (IOException e) {
            LOG.log(Level.WARNING, request.cmd() + " of " + request.containerId() + " fails", e);
            return CniReply.failed(
                    CniResult.error(
                            version, CniException.TRY_AGAIN_LATER, String.valueOf(e.getMessage())));
        }
    }

    private CniReply dispatch(CniRequest request, NetworkConfig config)
            throws CniException, IOException, InterruptedException {
        if (request.cmd().equals("VERSION")) {
            return CniReply.of(CniResult.versions(config.cniVersion()));
        }
        if (!CniResult.VERSIONS.contains(config.cniVersion())) {
            throw new CniException(
                    CniException.INCOMPATIBLE_VERSION,
                    "cniVersion \"%s\" is none of %s"
                            .formatted(config.cniVersion(), CniResult.VERSIONS));
        }
        if (!ID.matcher(config.name()).matches()) {
            throw new CniException(
                    CniException.INVALID_CONFIG,
                    "name: not a network name: \"" + config.name() + "\"");
        }
        return switch (request.cmd()) {
            case "ADD" -> add(request, config);
            case "DEL" -> delete(request, config);
            case "CHECK" -> check(request, config);
            case "GC" -> collect(config);
            case "STATUS" -> status();
            default ->
                    throw new CniException(
                            CniException.INVALID_ENVIRONMENT,
                            "CNI_COMMAND: unknown command \"" + request.cmd() + "\"");
        };
    }

    private CniReply add(CniRequest request, NetworkConfig config)
            throws CniException, IOException, InterruptedException {
        requireSupported(config);
        AttachmentKey key = key(request, config);
        requireNetns(request);
        PodIdentity identity = PodIdentity.of(request, config);
        LinkIdentity link = LinkIdentity.of(key);
        PodAttachment wanted =
                new PodAttachment(
                        key,
                        identity.pod(),
                        identity.uid(),
                        identity.labels(),
                        List.of(),
                        request.netns(),
                        link.hostInterface(),
                        identity.mac().isEmpty() ? link.podMac() : identity.mac(),
                        bootId,
                        Instant.EPOCH);
        Attached attached = attachments.attach(wanted, identity.requested());
        LOG.log(
                Level.INFO,
                "{0} of {1}: {2}",
                key,
                identity.pod(),
                attached.attachment().addresses());
        CniReply reply = CniReply.of(CniResult.added(config.cniVersion(), attached, config.dns()));
        return attached.created() ? reply.creating(key) : reply;
    }

    private static void requireSupported(NetworkConfig config) throws CniException {
        if (config.prevResult().isObject()) {
            throw new CniException(
                    CniException.INVALID_CONFIG, "weir-cni must be the first plug-in of its list");
        }
        if (!config.ipam().type().isEmpty()) {
            throw new CniException(
                    CniException.UNSUPPORTED_FIELD,
                    "ipam.type: \"" + config.ipam().type() + "\": addresses come from the agent");
        }
        if (!config.runtimeConfig().portMappings().isEmpty()) {
            throw new CniException(
                    CniException.UNSUPPORTED_FIELD,
                    "runtimeConfig.portMappings: " + config.runtimeConfig().portMappings());
        }
    }

    private CniReply delete(CniRequest request, NetworkConfig config)
            throws CniException, IOException, InterruptedException {
        AttachmentKey key = key(request, config);
        attachments
                .detach(key)
                .ifPresent(gone -> LOG.log(Level.INFO, "{0} is gone: {1}", key, gone.addresses()));
        return CniReply.DONE;
    }

    /**
     * A DEL that the shim kept while the agent was away; one from before the present ADD means a
     * former pod.
     *
     * @return false if it is to be tried again; what is not valid never will be
     */
    boolean queuedDelete(CniRequest request) throws InterruptedException {
        try {
            NetworkConfig config = NetworkConfig.parse(request.config());
            Optional<PodAttachment> pod = attachments.find(key(request, config));
            if (pod.isEmpty() || pod.get().since().toEpochMilli() <= request.time()) {
                CniReply unused = delete(request, config);
            }
            return true;
        } catch (CniException e) {
            LOG.log(Level.WARNING, "dropping a queued delete: {0}", e.getMessage());
            return true;
        } catch (IOException e) {
            LOG.log(Level.WARNING, "a queued delete fails; it is tried again", e);
            return false;
        }
    }

    private CniReply check(CniRequest request, NetworkConfig config)
            throws CniException, IOException, InterruptedException {
        AttachmentKey key = key(request, config);
        requireNetns(request);
        Optional<PodAttachment> pod = attachments.find(key);
        if (pod.isEmpty()) {
            throw new CniException(CniException.UNKNOWN_CONTAINER, key + " is not attached");
        }
        Optional<String> fault = attachments.fault(pod.get());
        if (fault.isPresent()) {
            throw new CniException(CniException.LINK_FAULT, fault.get());
        }
        return CniReply.DONE;
    }

    private CniReply collect(NetworkConfig config)
            throws CniException, IOException, InterruptedException {
        List<String> errors = new ArrayList<>();
        for (PodAttachment pod : attachments.existing()) {
            boolean valid =
                    config.validAttachments().stream()
                            .anyMatch(
                                    keep ->
                                            keep.containerId().equals(pod.key().containerId())
                                                    && keep.ifname().equals(pod.key().ifname()));
            if (pod.key().network().equals(config.name()) && !valid) {
                try {
                    Optional<PodAttachment> gone = attachments.detach(pod.key());
                    LOG.log(Level.INFO, "collected {0}", gone);
                } catch (IOException e) {
                    errors.add(pod.key() + ": " + e.getMessage());
                }
            }
        }
        if (!errors.isEmpty()) {
            throw new CniException(CniException.LINK_FAULT, String.join("; ", errors));
        }
        return CniReply.DONE;
    }

    private CniReply status() throws CniException {
        Optional<String> reason = attachments.cannotAttach();
        if (reason.isPresent()) {
            throw new CniException(CniException.CANNOT_SERVE, reason.get());
        }
        return CniReply.DONE;
    }

    private static AttachmentKey key(CniRequest request, NetworkConfig config) throws CniException {
        require(
                ID.matcher(request.containerId()).matches(),
                "CNI_CONTAINERID",
                request.containerId());
        require(IFNAME.matcher(request.ifname()).matches(), "CNI_IFNAME", request.ifname());
        AttachmentKey key =
                new AttachmentKey(config.name(), request.containerId(), request.ifname());
        int length = LinkIdentity.of(key).alias().length();
        require(length <= LinkIdentity.MAX_ALIAS, "CNI_CONTAINERID", "too long, " + length);
        return key;
    }

    private static void requireNetns(CniRequest request) throws CniException {
        require(PATH.matcher(request.netns()).matches(), "CNI_NETNS", request.netns());
    }

    private static void require(boolean valid, String variable, String value) throws CniException {
        if (!valid) {
            throw new CniException(
                    CniException.INVALID_ENVIRONMENT,
                    variable + ": invalid value \"" + value + "\"");
        }
    }

    /** Undoes an ADD whose answer nobody took. */
    void undo(AttachmentKey key) throws InterruptedException {
        try {
            Optional<PodAttachment> gone = attachments.detach(key);
            LOG.log(Level.WARNING, "nobody took the answer for {0}, so it is undone", gone);
        } catch (CniException | IOException e) {
            LOG.log(
                    Level.WARNING,
                    "cannot undo " + key + "; the runtime's DEL or reconciling will",
                    e);
        }
    }
}
