package dev.weir.log.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.changes.Delta;
import dev.weir.changes.Frontier;
import dev.weir.changes.Image;
import dev.weir.log.Entry;
import dev.weir.log.LogException;
import dev.weir.log.v1.LogClaim;
import dev.weir.log.v1.LogHead;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;

/** The same writes, however they were cut into transactions and compacted, give the same image. */
class TopicImageTest {
    private static final String SHARD = "control";
    private static final String LOG = "log";

    private final long seed = new Random().nextLong();
    private final Random random = new Random(seed);
    private final List<ConsumerRecord<byte[], byte[]>> topic = new ArrayList<>();
    private long written;
    private Frontier after = Frontier.EMPTY;
    private long term;

    private void append(List<ProducerRecord<byte[], byte[]>> records) {
        for (ProducerRecord<byte[], byte[]> record : records) {
            topic.add(
                    new ConsumerRecord<>(
                            "topic",
                            0,
                            topic.size(),
                            0,
                            TimestampType.CREATE_TIME,
                            0,
                            0,
                            record.key(),
                            record.value(),
                            new RecordHeaders(record.headers()),
                            Optional.empty()));
        }
    }

    private LogHead.Builder head(long revision) {
        return LogHead.newBuilder()
                .setLogId(LOG)
                .setRevision(revision)
                .setTerm(term)
                .setAfter(after.toProto())
                .setPrevious(written);
    }

    private void claim() {
        term++;
        LogClaim claim = LogClaim.newBuilder().setTerm(term).setInstance("writer").build();
        append(
                TopicRecords.claim(
                        "topic", new TopicRecord.Claim(claim, "owner"), head(written).build()));
    }

    private void write(List<Entry> group) {
        Entry last = group.getLast();
        after = last.after();
        append(TopicRecords.group("topic", group, head(last.revision()).build()));
        written = last.revision();
    }

    private Story tell(int groups) {
        Story story = new Story(seed, SHARD, LOG);
        claim();
        for (int i = 0; i < groups; i++) {
            write(story.group(1 + random.nextInt(4)));
        }
        return story;
    }

    /** What compaction leaves of the records before an offset: the last one of each key. */
    private List<ConsumerRecord<byte[], byte[]>> compacted(int dirty, boolean tombstones) {
        List<ConsumerRecord<byte[], byte[]>> left = new ArrayList<>();
        Set<String> later = new HashSet<>();
        for (int i = topic.size() - 1; i >= 0; i--) {
            ConsumerRecord<byte[], byte[]> record = topic.get(i);
            boolean last = i >= dirty || later.add(TopicRecords.key(record));
            if (last && (i >= dirty || record.value() != null || tombstones)) {
                left.addFirst(record);
            }
        }
        return left;
    }

    private static List<TopicImage.Step> take(
            TopicImage image, List<ConsumerRecord<byte[], byte[]>> records) {
        List<TopicImage.Step> steps = new ArrayList<>();
        records.forEach(record -> image.take(TopicRecords.read(record)).ifPresent(steps::add));
        return steps;
    }

    @RepeatedTest(50)
    void anyCutGivesTheSameImage() {
        Story story = tell(40);
        TopicImage image = new TopicImage(SHARD, Opening.PLAIN);

        take(image, topic);

        assertThat(image.image()).as("seed %s", seed).isEqualTo(story.image());
        assertThat(image.isWhole()).isTrue();
        assertThat(image.claim().map(LogClaim::getTerm)).contains(term);
    }

    @RepeatedTest(50)
    void deltasLeadFromStateToState() {
        Story story = tell(40);
        TopicImage taken = new TopicImage(SHARD, Opening.PLAIN);
        List<TopicImage.Step> steps = take(taken, topic);

        assertThat(steps.getFirst()).isInstanceOf(TopicImage.Step.Jump.class);
        Image image = steps.getFirst().image();
        for (TopicImage.Step step : steps.subList(1, steps.size())) {
            for (Delta delta : ((TopicImage.Step.Advance) step).deltas()) {
                image = image.apply(delta);
                assertThat(image.objects())
                        .as("seed %s", seed)
                        .isEqualTo(story.at(delta.revision()).objects());
                assertThat(image.revision()).isEqualTo(delta.revision());
            }
            assertThat(step.image()).isEqualTo(image).isEqualTo(story.at(image.revision()));
        }
    }

    @RepeatedTest(100)
    void compactionChangesNothingAtTheEnd() {
        Story story = tell(40);
        claim();
        int dirty = random.nextInt(topic.size() + 1);
        TopicImage image = new TopicImage(SHARD, Opening.PLAIN);

        List<TopicImage.Step> steps = take(image, compacted(dirty, random.nextBoolean()));

        assertThat(image.image())
                .as("seed %s, compacted up to %s of %s", seed, dirty, topic.size())
                .isEqualTo(story.image());
        assertThat(steps.stream().filter(TopicImage.Step.Jump.class::isInstance))
                .as("unknown ways")
                .hasSizeLessThanOrEqualTo(2);
    }

    @Test
    void anotherLogIsNoContinuation() {
        tell(3);
        LogHead other = head(written).setLogId("another").build();
        append(
                TopicRecords.claim(
                        "topic",
                        new TopicRecord.Claim(LogClaim.getDefaultInstance(), "owner"),
                        other));

        TopicImage.Step last = take(new TopicImage(SHARD, Opening.PLAIN), topic).getLast();

        assertThat(last).isInstanceOf(TopicImage.Step.Jump.class);
        assertThat(last.image().logId()).isEqualTo("another");
        assertThat(last.image().revision()).isEqualTo(written);
    }

    @Test
    void refusesAnObjectBeyondItsHead() {
        Story story = tell(3);
        append(TopicRecords.group("topic", story.group(2), head(written + 1).build()));

        assertThatThrownBy(() -> take(new TopicImage(SHARD, Opening.PLAIN), topic))
                .isInstanceOf(LogException.class)
                .hasMessageContaining("it ends a transaction at revision " + (written + 1));
    }
}
