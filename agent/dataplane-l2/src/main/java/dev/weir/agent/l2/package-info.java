/**
 * Answers for the addresses of load balancers on the nodes' link, by ARP and neighbour discovery,
 * from one node each.
 *
 * <p>{@link dev.weir.agent.l2.Standing} is all that is decided: values in, values and things to say
 * out. {@link dev.weir.agent.l2.Announcer} is the thread that hears and says them on one link; a
 * family has its own, and they know nothing of each other.
 */
@NullMarked
package dev.weir.agent.l2;

import org.jspecify.annotations.NullMarked;
