package dev.weir.agent.l2;

import java.util.List;

/** What came of an event: the next state, and what to say, in this order. */
record Step(Standing next, List<Say> say) {}
