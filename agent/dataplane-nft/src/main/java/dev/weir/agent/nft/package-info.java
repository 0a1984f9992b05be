/**
 * The default data plane: Services, masquerading and network policies in one nftables table.
 *
 * <p>{@link dev.weir.agent.nft.Layout} and {@link dev.weir.agent.nft.FixedChains} are the whole
 * ruleset that does not depend on objects; objects are elements of its maps and sets, and chains
 * named by the hash of their content. What is to be programmed is worked out by pure code; {@link
 * dev.weir.agent.nft.NftDataPlane} carries it out.
 */
@NullMarked
package dev.weir.agent.nft;

import org.jspecify.annotations.NullMarked;
