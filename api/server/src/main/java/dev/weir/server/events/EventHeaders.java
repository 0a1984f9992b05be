package dev.weir.server.events;

import dev.weir.events.v1.CloudEvent;
import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;

/**
 * An event's attributes as the headers of a Kafka record: the binary mode of CloudEvents' Kafka
 * binding. The record's value is the event's data, or nothing when the object was deleted.
 */
public final class EventHeaders {
    private static final String PREFIX = "ce_";

    private EventHeaders() {}

    /** By name, in UTF-8; attributes that the event has not are left out. */
    public static Map<String, String> of(CloudEvent event) {
        Map<String, String> headers = new TreeMap<>();
        headers.put(PREFIX + "specversion", "1.0");
        headers.put(PREFIX + "id", event.getId());
        headers.put(PREFIX + "source", event.getSource());
        headers.put(PREFIX + "type", event.getType());
        headers.put(PREFIX + "subject", event.getSubject());
        headers.put(PREFIX + "dataschema", event.getDataschema());
        headers.put(PREFIX + "shard", event.getShard());
        headers.put(PREFIX + "revision", Long.toString(event.getRevision()));
        if (event.hasTime()) {
            headers.put(
                    PREFIX + "time",
                    Instant.ofEpochSecond(event.getTime().getSeconds(), event.getTime().getNanos())
                            .toString());
        }
        if (event.hasData()) {
            headers.put("content-type", "application/protobuf");
        }
        return headers;
    }
}
