package dev.weir.control.admission;

import dev.weir.core.v1.Container;
import dev.weir.core.v1.Pod;
import dev.weir.core.v1.PodSpec;
import dev.weir.core.v1.PodStatus;
import dev.weir.model.Failure;
import dev.weir.model.FieldError;
import dev.weir.model.Judgement;
import dev.weir.model.Kinds;
import dev.weir.model.NamespaceState;
import dev.weir.model.check.FieldErrors;
import dev.weir.model.check.Metadata;
import dev.weir.model.check.Names;
import dev.weir.model.check.Networks;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/**
 * Pods: what the network has to know of them. A pod may have no container, if it is no container
 * that runs in it.
 */
public final class PodAdmission {
    private static final String IMMUTABLE = "field is immutable";

    private PodAdmission() {}

    /** What an update leaves out of nodeName stays as it was: whoever placed the pod wrote it. */
    public static Judgement<Pod> admit(Optional<Pod> old, Pod requested, NamespaceState namespace) {
        String name = requested.getMetadata().getName();
        Optional<Failure> refusal =
                namespace.refusal(Kinds.POD, requested.getMetadata().getNamespace(), name);
        if (old.isEmpty() && refusal.isPresent()) {
            return new Judgement.Refused<>(refusal.get());
        }
        Pod.Builder pod = requested.toBuilder();
        complete(old, pod);

        FieldErrors errors = new FieldErrors();
        Metadata.check(requested.getMetadata(), true, Names::dns1123Subdomain, errors);
        spec(pod.getSpec(), errors);
        status(pod.getStatus(), errors);
        old.ifPresent(before -> changes(before.getSpec(), pod.getSpec(), errors));
        return Judgement.of(Kinds.POD, name, pod.build(), errors.list());
    }

    private static void complete(Optional<Pod> old, Pod.Builder pod) {
        PodSpec.Builder spec = pod.getSpecBuilder();
        if (spec.getNodeName().isEmpty() && old.isPresent()) {
            spec.setNodeName(old.get().getSpec().getNodeName());
        }
        if (spec.getDnsPolicy().isEmpty()) {
            spec.setDnsPolicy("ClusterFirst");
        }
        for (Container.Builder container : spec.getContainersBuilderList()) {
            container.getPortsBuilderList().stream()
                    .filter(port -> port.getProtocol().isEmpty())
                    .forEach(port -> port.setProtocol("TCP"));
            if (container.hasReadinessProbe()) {
                Probes.complete(container.getReadinessProbeBuilder());
            }
        }
        PodStatus.Builder status = pod.getStatusBuilder();
        if (status.getPhase().isEmpty()) {
            status.setPhase("Pending");
        }
        if (status.getPodIpsCount() > 0) {
            status.setPodIp(status.getPodIps(0).getIp());
        }
    }

    private static void spec(PodSpec spec, FieldErrors errors) {
        if (!spec.getNodeName().isEmpty()) {
            errors.invalid(
                    "spec.nodeName",
                    spec.getNodeName(),
                    Names.dns1123Subdomain(spec.getNodeName()));
        }
        if (!spec.getHostname().isEmpty()) {
            errors.invalid(
                    "spec.hostname", spec.getHostname(), Names.dns1123Label(spec.getHostname()));
        }
        if (!spec.getSubdomain().isEmpty()) {
            errors.invalid(
                    "spec.subdomain", spec.getSubdomain(), Names.dns1123Label(spec.getSubdomain()));
        }
        Set<String> names = new HashSet<>();
        for (int i = 0; i < spec.getContainersCount(); i++) {
            String path = "spec.containers[" + i + "]";
            String name = spec.getContainers(i).getName();
            if (!name.isEmpty() && !names.add(name)) {
                errors.add(FieldError.duplicate(path + ".name", name));
            }
            Containers.check(path, spec.getContainers(i), errors);
        }
        DnsSettings.check(spec, errors);
    }

    private static void status(PodStatus status, FieldErrors errors) {
        switch (status.getPhase()) {
            case "Pending", "Running", "Succeeded", "Failed" -> {}
            default ->
                    errors.add(
                            FieldError.notSupported(
                                    "status.phase",
                                    status.getPhase(),
                                    "Failed",
                                    "Pending",
                                    "Running",
                                    "Succeeded"));
        }
        Set<Boolean> families = new HashSet<>();
        for (int i = 0; i < status.getPodIpsCount(); i++) {
            String path = "status.podIPs[" + i + "]";
            String text = status.getPodIps(i).getIp();
            var address = Networks.ordinaryAddress(path, text, errors);
            if (address.isPresent() && !families.add(address.get().v6())) {
                errors.invalid(path, text, "may specify no more than one IP for each IP family");
            }
        }
    }

    private static void changes(PodSpec old, PodSpec spec, FieldErrors errors) {
        if (!old.getNodeName().isEmpty() && !old.getNodeName().equals(spec.getNodeName())) {
            errors.invalid("spec.nodeName", spec.getNodeName(), IMMUTABLE);
        }
        if (old.getHostNetwork() != spec.getHostNetwork()) {
            errors.invalid("spec.hostNetwork", spec.getHostNetwork(), IMMUTABLE);
        }
        if (!old.getHostname().equals(spec.getHostname())) {
            errors.invalid("spec.hostname", spec.getHostname(), IMMUTABLE);
        }
        if (!old.getSubdomain().equals(spec.getSubdomain())) {
            errors.invalid("spec.subdomain", spec.getSubdomain(), IMMUTABLE);
        }
    }
}
