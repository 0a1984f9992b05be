/**
 * Admission of what routes HTTP: the rules of networking.k8s.io/v1 and gateway.networking.k8s.io,
 * in their words.
 */
@NullMarked
package dev.weir.control.admission.route;

import org.jspecify.annotations.NullMarked;
