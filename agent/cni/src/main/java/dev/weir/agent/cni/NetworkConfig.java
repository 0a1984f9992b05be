package dev.weir.agent.cni;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What we read of a plug-in's network configuration. Keys match in any case, as in Go, because
 * containerd sends them capitalised; what is absent or null is empty.
 */
record NetworkConfig(
        String cniVersion,
        String name,
        JsonNode prevResult,
        JsonNode dns,
        RuntimeConfig runtimeConfig,
        Args args,
        DelegateIpam ipam,
        @JsonProperty("cni.dev/valid-attachments") List<ValidAttachment> validAttachments) {

    static final ObjectMapper JSON =
            JsonMapper.builder()
                    .enable(MapperFeature.ACCEPT_CASE_INSENSITIVE_PROPERTIES)
                    .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
                    .build();

    /** Of an absent configuration. */
    static final NetworkConfig EMPTY =
            new NetworkConfig("", "", null, null, null, null, null, null);

    NetworkConfig(
            @Nullable String cniVersion,
            @Nullable String name,
            @Nullable JsonNode prevResult,
            @Nullable JsonNode dns,
            @Nullable RuntimeConfig runtimeConfig,
            @Nullable Args args,
            @Nullable DelegateIpam ipam,
            @JsonProperty("cni.dev/valid-attachments")
                    @Nullable List<ValidAttachment> validAttachments) {
        this.cniVersion = cniVersion == null ? "" : cniVersion;
        this.name = name == null ? "" : name;
        this.prevResult = prevResult == null ? MissingNode.getInstance() : prevResult;
        this.dns = dns == null ? MissingNode.getInstance() : dns;
        this.runtimeConfig =
                runtimeConfig == null ? new RuntimeConfig(null, null, null) : runtimeConfig;
        this.args = args == null ? new Args(null) : args;
        this.ipam = ipam == null ? new DelegateIpam(null) : ipam;
        this.validAttachments =
                validAttachments == null ? List.of() : List.copyOf(validAttachments);
    }

    /** What the runtime adds for capabilities (CNI conventions). */
    record RuntimeConfig(List<String> ips, String mac, JsonNode portMappings) {
        RuntimeConfig(
                @Nullable List<String> ips, @Nullable String mac, @Nullable JsonNode portMappings) {
            this.ips = ips == null ? List.of() : List.copyOf(ips);
            this.mac = mac == null ? "" : mac;
            this.portMappings = portMappings == null ? MissingNode.getInstance() : portMappings;
        }
    }

    /** What callers add by {@code args}. */
    record Args(CniArgs cni) {
        Args(@Nullable CniArgs cni) {
            this.cni = cni == null ? new CniArgs(null, null) : cni;
        }
    }

    record CniArgs(List<Label> labels, List<String> ips) {
        CniArgs(@Nullable List<Label> labels, @Nullable List<String> ips) {
            this.labels = labels == null ? List.of() : List.copyOf(labels);
            this.ips = ips == null ? List.of() : List.copyOf(ips);
        }
    }

    record Label(String key, String value) {
        Label(@Nullable String key, @Nullable String value) {
            this.key = key == null ? "" : key;
            this.value = value == null ? "" : value;
        }
    }

    record DelegateIpam(String type) {
        DelegateIpam(@Nullable String type) {
            this.type = type == null ? "" : type;
        }
    }

    /** One that GC shall keep. */
    record ValidAttachment(String containerId, String ifname) {
        ValidAttachment(@Nullable String containerId, @Nullable String ifname) {
            this.containerId = containerId == null ? "" : containerId;
            this.ifname = ifname == null ? "" : ifname;
        }
    }

    static NetworkConfig parse(String json) throws CniException {
        try {
            NetworkConfig config = JSON.readValue(json, NetworkConfig.class);
            return config == null ? EMPTY : config;
        } catch (JsonProcessingException e) {
            throw new CniException(
                    CniException.DECODING_FAILURE,
                    "the network configuration cannot be decoded: " + e.getOriginalMessage());
        }
    }
}
