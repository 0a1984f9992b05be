package dev.weir.endpoint.balance;

import dev.weir.model.IpAddress;

/** What a Service comes to in one of its address families. */
sealed interface Lot {

    /**
     * It has an address.
     *
     * @param pool the address's
     */
    record Given(IpAddress address, String pool) implements Lot {}

    /** It has none, and waits. */
    record Waits(String family, Reason reason, String message) implements Lot {}

    /** As the condition has it. */
    enum Reason {
        NO_ADDRESS_POOL("NoAddressPool"),
        ADDRESS_POOL_EXHAUSTED("AddressPoolExhausted"),
        ADDRESS_NOT_IN_POOL("AddressNotInPool"),
        ADDRESS_OF_NODE("AddressOfNode"),
        ADDRESS_IN_USE("AddressInUse");

        private final String text;

        Reason(String text) {
            this.text = text;
        }

        @Override
        public String toString() {
            return text;
        }
    }
}
