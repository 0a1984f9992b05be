/** What integrators are told: changes of objects as CloudEvents, in topics or as a stream. */
@NullMarked
package dev.weir.server.events;

import org.jspecify.annotations.NullMarked;
