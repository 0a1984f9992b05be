package dev.weir.lab;

import java.util.List;

/** Which processes do what is not done on a node. */
public enum Shape {
    /** One process with everything, its log in SQLite. */
    STANDALONE(Shape.ALL_IN_ONE),
    /** A process for each service, their log on Kafka. */
    DISTRIBUTED(Shape.BROKER, "control-plane", "endpoint-service", "policy-service", "dns-service");

    static final String ALL_IN_ONE = "standalone";
    public static final String BROKER = "broker";

    private final List<String> roles;

    Shape(String... roles) {
        this.roles = List.of(roles);
    }

    /** In the order in which they are started. */
    public List<String> roles() {
        return roles;
    }

    /** Those that serve Weir's API: all but the broker. */
    public List<String> services() {
        return roles.stream().filter(role -> !role.equals(BROKER)).toList();
    }

    /** The service that clients and agents talk to. */
    public String frontDoor() {
        return services().getFirst();
    }
}
