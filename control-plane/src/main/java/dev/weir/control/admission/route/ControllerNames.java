package dev.weir.control.admission.route;

import dev.weir.model.FieldError;
import dev.weir.model.check.FieldErrors;
import dev.weir.model.check.Names;
import java.util.Optional;
import java.util.regex.Pattern;

/** Names of controllers: a domain and a path, {@code acme.io/foo}. */
final class ControllerNames {
    private static final Pattern PATH = Pattern.compile("[A-Za-z0-9/\\-._~%!$&'()*+,;=:]+");

    private ControllerNames() {}

    /**
     * @param most characters
     * @param changed what is wrong when it is not as before
     */
    static void check(
            String path,
            String name,
            int most,
            Optional<String> before,
            String changed,
            FieldErrors errors) {
        if (name.isEmpty()) {
            errors.required(path, "");
            return;
        }
        if (name.length() > most) {
            errors.add(new FieldError(path, "Too long: may not be more than " + most + " bytes"));
        }
        int slash = name.indexOf('/');
        if (slash <= 0 || slash == name.length() - 1) {
            errors.invalid(path, name, "must be a domain-prefixed path (such as \"acme.io/foo\")");
        } else {
            String domain = name.substring(0, slash);
            errors.invalid(path, domain, Names.dns1123Subdomain(domain));
            String rest = name.substring(slash + 1);
            if (!PATH.matcher(rest).matches()) {
                errors.invalid(
                        path, rest, "Invalid path (regex used for validation is '" + PATH + "')");
            }
        }
        if (before.isPresent() && !before.get().equals(name)) {
            errors.invalid(path, name, changed);
        }
    }
}
