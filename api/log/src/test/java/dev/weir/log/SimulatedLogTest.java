package dev.weir.log;

/** The log that stands in for the others in tests keeps the same promises. */
class SimulatedLogTest extends TxLogContract {
    private final SimulatedLog.Disk disk = new SimulatedLog.Disk("simulated");

    @Override
    protected TxLog open() {
        return disk.open();
    }
}
