package dev.weir.agent.nft;

import dev.weir.agent.linux.NftCommand;
import dev.weir.agent.linux.NftData;
import dev.weir.agent.linux.NftElement;
import dev.weir.model.Frontend;
import dev.weir.model.Key;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** One frontend to be changed; empty is "not there", which differs from "no endpoints". */
record ServiceChange(Key owner, Frontend frontend, Optional<Target> from, Optional<Target> to) {

    /** First step: everything that connections may need from now on. */
    Batches.Part enter(BalancerCodes codes) {
        List<NftCommand> commands = new ArrayList<>();
        Map<ElementKey, NftElement> old = elements(from);
        elements(to)
                .forEach(
                        (key, element) -> {
                            NftElement there = old.get(key);
                            if (!element.equals(there)) {
                                put(commands, key.set(), element, there != null);
                            }
                        });
        String services = ServiceElements.services(frontend);
        if (to.isEmpty()) {
            commands.add(delete(services, ServiceElements.key(frontend)));
        } else if (from.isEmpty() || replacesEntry()) {
            put(commands, services, to.get().entry(frontend, codes), from.isPresent());
        }
        return new Batches.Part(owner, commands);
    }

    /** True if the frontend leads to another balancer than before. */
    boolean replacesEntry() {
        return from.isPresent()
                && to.isPresent()
                && !to.get().balancer().equals(from.get().balancer());
    }

    /**
     * Second step, in a later transaction: what no connection can choose any more. A packet between
     * its two look-ups would otherwise miss.
     */
    Batches.Part leave() {
        Map<ElementKey, NftElement> wanted = elements(to);
        List<NftCommand> commands = new ArrayList<>();
        for (ElementKey key : elements(from).keySet()) {
            if (!wanted.containsKey(key)) {
                commands.add(delete(key.set(), key.data()));
            }
        }
        return new Batches.Part(owner, commands);
    }

    /** True if open connections may go where the frontend does not lead any more. */
    boolean misleads() {
        List<Endpoint> before = Target.slots(from);
        List<Endpoint> after = Target.slots(to);
        boolean limited = to.isPresent() && to.get().limitedBeside(from);
        return isFirst() || limited || !new HashSet<>(after).containsAll(before);
    }

    /** True if there was no endpoint before, so that packets may have passed by untranslated. */
    boolean isFirst() {
        return Target.slots(from).isEmpty() && !Target.slots(to).isEmpty();
    }

    private Map<ElementKey, NftElement> elements(Optional<Target> target) {
        return target.map(t -> t.elements(frontend)).orElse(Map.of());
    }

    private static void put(
            List<NftCommand> commands, String set, NftElement element, boolean there) {
        if (there) {
            commands.add(delete(set, element.key()));
        }
        commands.add(new NftCommand.AddElement(set, element));
    }

    private static NftCommand delete(String set, NftData key) {
        return new NftCommand.DeleteElement(set, NftElement.of(key));
    }
}
