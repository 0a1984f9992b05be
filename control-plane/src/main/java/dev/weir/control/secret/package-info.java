/** Secrets: written by users, read by nobody but them and the proxies that terminate TLS. */
@NullMarked
package dev.weir.control.secret;

import org.jspecify.annotations.NullMarked;
