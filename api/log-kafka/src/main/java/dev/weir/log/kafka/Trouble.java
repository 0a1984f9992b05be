package dev.weir.log.kafka;

import dev.weir.log.LogException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.InvalidProducerEpochException;
import org.apache.kafka.common.errors.InvalidReplicationFactorException;
import org.apache.kafka.common.errors.ProducerFencedException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.UnknownTopicIdException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/** What an exception of a Kafka client means to who runs Weir. */
final class Trouble {
    private Trouble() {}

    /**
     * @param doing what failed, as in "cannot ...": the topic it was about is named there
     */
    static LogException of(KafkaConfig config, String doing, Exception e) {
        Throwable cause = cause(e);
        return cause instanceof LogException already
                ? already
                : new LogException("cannot " + doing + ": " + advice(config, cause), cause);
    }

    private static String advice(KafkaConfig config, Throwable cause) {
        return switch (cause) {
            case AuthenticationException _ ->
                    "the brokers at "
                            + config.bootstrap()
                            + " do not accept who this process says it is ("
                            + cause.getMessage()
                            + "): check the security settings of the Kafka clients";
            case AuthorizationException _ ->
                    "the brokers at "
                            + config.bootstrap()
                            + " do not allow it ("
                            + cause.getMessage()
                            + "): grant it with kafka-acls.sh to the principal of this process";
            case UnknownTopicOrPartitionException _, UnknownTopicIdException _ ->
                    "the topic is not there (any more): put it back from a backup, then restart"
                            + " all processes of cluster "
                            + config.cluster();
            case InvalidReplicationFactorException _ ->
                    cause.getMessage()
                            + " Start as many brokers as a topic is to have replicas, or set"
                            + " fewer replicas";
            case TimeoutException _, org.apache.kafka.common.errors.TimeoutException _ ->
                    "no broker at "
                            + config.bootstrap()
                            + " did it in time"
                            + (cause.getMessage() == null ? "" : " (" + cause.getMessage() + ")")
                            + ": check that the brokers run, and that this address reaches them";
            case KafkaException _ when cause.getCause() != null ->
                    cause.getMessage() + " (" + cause.getCause().getMessage() + ")";
            default -> cause.getMessage() == null ? cause.toString() : cause.getMessage();
        };
    }

    private static Throwable cause(Throwable e) {
        return (e instanceof ExecutionException || e instanceof CompletionException)
                        && e.getCause() != null
                ? e.getCause()
                : e;
    }

    /** A later producer has taken the fence, or a broker gave the transaction up. */
    static boolean isFenced(Throwable e) {
        return isCausedBy(e, ProducerFencedException.class)
                || isCausedBy(e, InvalidProducerEpochException.class);
    }

    static boolean isTooLarge(Throwable e) {
        return isCausedBy(e, RecordTooLargeException.class);
    }

    private static boolean isCausedBy(Throwable e, Class<? extends Throwable> type) {
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            if (type.isInstance(cause)) {
                return true;
            }
        }
        return false;
    }
}
