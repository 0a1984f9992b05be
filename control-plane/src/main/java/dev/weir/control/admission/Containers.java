package dev.weir.control.admission;

import dev.weir.core.v1.Container;
import dev.weir.core.v1.ContainerPort;
import dev.weir.model.FieldError;
import dev.weir.model.check.FieldErrors;
import dev.weir.model.check.Names;
import dev.weir.model.check.Ports;
import java.util.HashSet;
import java.util.Set;

/** The containers of a pod, and their ports. */
final class Containers {
    private Containers() {}

    static void check(String path, Container container, FieldErrors errors) {
        String name = container.getName();
        if (name.isEmpty()) {
            errors.required(path + ".name", "");
        } else {
            errors.invalid(path + ".name", name, Names.dns1123Label(name));
        }
        Set<String> names = new HashSet<>();
        for (int i = 0; i < container.getPortsCount(); i++) {
            String portPath = path + ".ports[" + i + "]";
            ContainerPort port = container.getPorts(i);
            if (!port.getName().isEmpty()) {
                errors.invalid(portPath + ".name", port.getName(), Names.portName(port.getName()));
                if (!names.add(port.getName())) {
                    errors.add(FieldError.duplicate(portPath + ".name", port.getName()));
                }
            }
            if (port.getContainerPort() == 0) {
                errors.required(portPath + ".containerPort", "");
            } else {
                errors.invalid(
                        portPath + ".containerPort",
                        port.getContainerPort(),
                        Names.portNumber(port.getContainerPort()));
            }
            Ports.protocol(portPath + ".protocol", port.getProtocol(), errors);
        }
        if (container.hasReadinessProbe()) {
            Probes.check(path + ".readinessProbe", container.getReadinessProbe(), errors);
        }
    }
}
