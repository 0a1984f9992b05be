package dev.weir.agent.linux;

/** Numbers of linux/netfilter/{nfnetlink,nf_tables}.h. */
final class NftProtocol {
    static final int FAMILY_INET = 1;
    static final int SUBSYSTEM = 10;
    static final int BATCH_BEGIN = 0x10;
    static final int BATCH_END = 0x11;
    static final int BATCH_GENERATION = 1;

    static final int NEW_TABLE = SUBSYSTEM << 8;
    static final int GET_TABLE = NEW_TABLE | 1;
    static final int NEW_CHAIN = NEW_TABLE | 3;
    static final int GET_CHAIN = NEW_TABLE | 4;
    static final int DELETE_CHAIN = NEW_TABLE | 5;
    static final int GET_RULE = NEW_TABLE | 7;
    static final int NEW_SET = NEW_TABLE | 9;
    static final int GET_SET = NEW_TABLE | 10;
    static final int DELETE_SET = NEW_TABLE | 11;
    static final int NEW_ELEMENT = NEW_TABLE | 12;
    static final int GET_ELEMENT = NEW_TABLE | 13;
    static final int DELETE_ELEMENT = NEW_TABLE | 14;
    static final int NEW_GENERATION = NEW_TABLE | 15;
    static final int GET_GENERATION = NEW_TABLE | 16;

    /** The table is attribute 1 and the object's name is attribute 3, or 2 for sets. */
    static final int TABLE = 1;

    static final int TABLE_NAME = 1;
    static final int CHAIN_NAME = 3;
    static final int RULE_CHAIN = 2;
    static final int SET_NAME = 2;
    static final int LIST_SET = 2;
    static final int LIST_ELEMENTS = 3;
    static final int LIST_ITEM = 1;

    static final int ELEMENT_KEY = 1;
    static final int ELEMENT_DATA = 2;
    static final int ELEMENT_FLAGS = 3;
    static final int ELEMENT_TIMEOUT = 4;
    static final int ELEMENT_EXPRESSION = 7;
    static final int FLAG_INTERVAL_END = 1;

    static final int EXPRESSION_NAME = 1;
    static final int EXPRESSION_DATA = 2;
    static final int COUNTER_BYTES = 1;
    static final int COUNTER_PACKETS = 2;

    static final int DATA_VALUE = 1;
    static final int DATA_VERDICT = 2;
    static final int VERDICT_CODE = 1;
    static final int VERDICT_CHAIN = 2;

    static final int GENERATION_ID = 1;

    private NftProtocol() {}
}
