/** The sockets in front of a zone: UDP and TCP, both families. */
@NullMarked
package dev.weir.dns.responder;

import org.jspecify.annotations.NullMarked;
