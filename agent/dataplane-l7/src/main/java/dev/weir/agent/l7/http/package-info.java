/**
 * HTTP/1.1 on bytes: heads are parsed in place, bodies are passed on. Knows nothing of a transport.
 */
@NullMarked
package dev.weir.agent.l7.http;

import org.jspecify.annotations.NullMarked;
