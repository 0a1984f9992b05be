package dev.weir.agent.linux;

/** One step of a batch, on an object of the batch's table. */
public sealed interface NftCommand {
    /** Adds an element; one that exists with the same value is left as it is. */
    record AddElement(String set, NftElement element) implements NftCommand {}

    /** Deletes an element by its key; the kernel refuses the batch if it is not there. */
    record DeleteElement(String set, NftElement element) implements NftCommand {}

    /** Deletes a chain with its rules; refused while a rule or element refers to it. */
    record DeleteChain(String chain) implements NftCommand {}

    /** Deletes a set with its elements; refused while a rule refers to it. */
    record DeleteSet(String set) implements NftCommand {}
}
