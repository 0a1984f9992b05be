/** DNS messages as bytes: names, questions, replies. Pure: values in, values out. */
@NullMarked
package dev.weir.dns.wire;

import org.jspecify.annotations.NullMarked;
