package dev.weir.control.admission.route;

import dev.weir.model.check.FieldErrors;
import dev.weir.model.check.Names;
import dev.weir.route.v1.IngressBackend;
import dev.weir.route.v1.IngressServiceBackend;
import dev.weir.route.v1.TypedLocalObjectReference;

/** Where an Ingress leads to: a port of a Service, or a resource. */
final class IngressBackends {
    private IngressBackends() {}

    static void check(String at, IngressBackend backend, FieldErrors errors) {
        if (backend.hasResource() && backend.hasService()) {
            errors.invalid(at, "", "cannot set both resource and service backends");
        } else if (backend.hasResource()) {
            resource(at + ".resource", backend.getResource(), errors);
        } else if (backend.hasService()) {
            service(at, backend.getService(), errors);
        } else {
            errors.invalid(at, "", "resource or service backend is required");
        }
    }

    private static void service(String at, IngressServiceBackend service, FieldErrors errors) {
        if (service.getName().isEmpty()) {
            errors.required(at + ".service.name", "");
        } else {
            errors.invalid(
                    at + ".service.name", service.getName(), Names.dns1035Label(service.getName()));
        }
        String name = service.getPort().getName();
        int number = service.getPort().getNumber();
        if (!name.isEmpty() && number != 0) {
            errors.invalid(at, "", "cannot set both port name & port number");
        } else if (!name.isEmpty()) {
            errors.invalid(at + ".service.port.name", name, Names.portName(name));
        } else if (number != 0) {
            errors.invalid(at + ".service.port.number", number, Names.portNumber(number));
        } else {
            errors.required(at, "port name or number is required");
        }
    }

    private static void resource(
            String at, TypedLocalObjectReference resource, FieldErrors errors) {
        if (resource.getKind().isEmpty()) {
            errors.required(at + ".kind", "kind is required");
        }
        if (resource.getName().isEmpty()) {
            errors.required(at + ".name", "name is required");
        }
        if (resource.hasApiGroup()) {
            errors.invalid(
                    at + ".apiGroup",
                    resource.getApiGroup(),
                    Names.dns1123Subdomain(resource.getApiGroup()));
        }
    }
}
