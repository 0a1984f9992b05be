package dev.weir.agent.nft;

import dev.weir.agent.linux.NftCommand;
import dev.weir.agent.linux.NftElement;
import dev.weir.agent.spi.Traffic;
import dev.weir.model.Key;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Carries out changes of Services, each frontend at once or not at all. */
final class Serving {
    /** Owner of what belongs to no single Service. */
    private static final Key ADDRESSES = new Key("Service", "", "addresses");

    private final Batches batches;
    private final Counts counts;
    private List<ElementKey> strays = List.of();

    Serving(Batches batches, Counts counts) {
        this.batches = batches;
        this.counts = counts;
    }

    /** Elements that go once the right ones are in place. */
    void found(List<ElementKey> disagreeing) {
        strays = disagreeing;
    }

    /**
     * @param services hears what is in force
     * @param problems gets the owners of what the kernel refuses
     */
    void carryOut(
            List<ServiceChange> changes,
            BalancerCodes codes,
            ServiceTable services,
            Map<Key, String> problems)
            throws IOException {
        List<Batches.Part> entering = new ArrayList<>();
        List<Traffic> before = new ArrayList<>();
        for (ServiceChange change : changes) {
            before.add(counts.before(change));
            entering.add(change.enter(codes));
        }
        entering.add(new Batches.Part(ADDRESSES, services.live().pending()));
        List<Boolean> entered = batches.each(entering, problems);
        if (entered.getLast()) {
            services.live().done();
        }
        List<Batches.Part> leaving = new ArrayList<>();
        for (int i = 0; i < changes.size(); i++) {
            if (entered.get(i)) {
                leaving.add(changes.get(i).leave());
                services.done(changes.get(i));
                counts.done(changes.get(i), before.get(i));
            }
        }
        batches.each(leaving, problems);
        sweep(services);
    }

    private void sweep(ServiceTable services) throws IOException {
        List<NftCommand> useless = new ArrayList<>();
        for (ElementKey key : strays) {
            if (!services.wants(key)) {
                NftElement element = NftElement.of(key.data());
                useless.add(new NftCommand.DeleteElement(key.set(), element));
            }
        }
        batches.attempt(useless);
        strays = List.of();
    }
}
