package dev.weir.server;

import static dev.weir.server.PodServer.info;
import static dev.weir.server.PodServer.labelled;
import static dev.weir.server.PodServer.pod;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.protobuf.FieldMask;
import dev.weir.changes.Image;
import dev.weir.core.v1.CreatePodRequest;
import dev.weir.core.v1.DeleteRequest;
import dev.weir.core.v1.DeleteResponse;
import dev.weir.core.v1.Frontier;
import dev.weir.core.v1.GetRequest;
import dev.weir.core.v1.ObjectMeta;
import dev.weir.core.v1.Pod;
import dev.weir.core.v1.PodResponse;
import dev.weir.core.v1.PodStatus;
import dev.weir.core.v1.UpdatePodRequest;
import dev.weir.log.Namespaces;
import dev.weir.log.ShardConfig;
import io.grpc.Status.Code;
import io.grpc.StatusRuntimeException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WriteTest {
    @TempDir private Path directory;
    private PodServer server;

    @BeforeEach
    void open() throws Exception {
        server = PodServer.open(directory, ShardConfig.HISTORY);
    }

    @AfterEach
    void close() throws Exception {
        server.close();
    }

    private PodResponse get(String name) {
        return server.pods()
                .get(GetRequest.newBuilder().setNamespace("shop").setName(name).build());
    }

    private PodResponse update(Pod object, String... paths) {
        return update(updating(object, paths));
    }

    private static UpdatePodRequest.Builder updating(Pod object, String... paths) {
        return UpdatePodRequest.newBuilder()
                .setObject(object)
                .setUpdateMask(FieldMask.newBuilder().addAllPaths(List.of(paths)));
    }

    private PodResponse update(UpdatePodRequest.Builder request) {
        return server.pods().update(request.build());
    }

    private StatusRuntimeException refused(CreatePodRequest.Builder request) {
        return catchThrowableOfType(
                StatusRuntimeException.class, () -> server.pods().create(request.build()));
    }

    private StatusRuntimeException refused(UpdatePodRequest.Builder request) {
        return catchThrowableOfType(StatusRuntimeException.class, () -> update(request));
    }

    private StatusRuntimeException refused(DeleteRequest.Builder request) {
        return catchThrowableOfType(
                StatusRuntimeException.class, () -> server.pods().delete(request.build()));
    }

    private static CreatePodRequest.Builder creating(Pod pod) {
        return CreatePodRequest.newBuilder().setObject(pod);
    }

    private static DeleteRequest.Builder deleting(String name) {
        return DeleteRequest.newBuilder().setNamespace("shop").setName(name);
    }

    private static Pod hostname(Pod pod, String hostname) {
        Pod.Builder changed = pod.toBuilder();
        changed.getSpecBuilder().setHostname(hostname);
        return changed.build();
    }

    private static Pod phase(Pod pod, String phase) {
        return pod.toBuilder().setStatus(PodStatus.newBuilder().setPhase(phase)).build();
    }

    @Test
    void aNewObjectGetsWhatTheServerChooses() {
        Pod.Builder asked = labelled(pod("shop", "a"), "app", "web").toBuilder();
        asked.getMetadataBuilder().setUid("mine").setGeneration(7).setResourceVersion("99");

        PodResponse created = server.create(asked.build());

        ObjectMeta metadata = created.getObject().getMetadata();
        assertThat(metadata.getUid()).hasSize(36);
        assertThat(metadata.getGeneration()).isEqualTo(1);
        assertThat(metadata.getCreationTimestamp().getSeconds())
                .isEqualTo(PodServer.NOW.getEpochSecond());
        assertThat(metadata.getResourceVersion()).isEqualTo("1");
        assertThat(metadata.getLabelsMap()).containsOnlyKeys("app");
        assertThat(created.getCommit().getRevision()).isEqualTo(1);
        assertThat(get("a").getObject()).isEqualTo(created.getObject());
    }

    @Test
    void anObjectIsCreatedOnce() {
        server.create(pod("shop", "a"));

        StatusRuntimeException error = refused(creating(pod("shop", "a")));

        assertThat(error.getStatus().getCode()).isEqualTo(Code.ALREADY_EXISTS);
        assertThat(error.getStatus().getDescription()).isEqualTo("pods \"a\" already exists");
        assertThat(info(error).getReason()).isEqualTo("AlreadyExists");
    }

    @Test
    void aGeneratedNameStartsAsAsked() {
        Pod.Builder asked = pod("shop", "").toBuilder();
        asked.getMetadataBuilder().setGenerateName("web-");

        String first = server.create(asked.build()).getObject().getMetadata().getName();
        String second = server.create(asked.build()).getObject().getMetadata().getName();

        assertThat(List.of(first, second))
                .doesNotHaveDuplicates()
                .allMatch(name -> name.matches("web-[a-z0-9]{5}"));
    }

    @Test
    void anEmptyMaskTakesEverythingButTheStatus() {
        server.create(phase(labelled(pod("shop", "a"), "app", "web"), "Pending"));

        PodResponse updated =
                update(phase(labelled(hostname(pod("shop", "a"), "h"), "tier", "1"), "Running"));

        assertThat(updated.getObject().getSpec().getHostname()).isEqualTo("h");
        assertThat(updated.getObject().getMetadata().getLabelsMap()).containsOnlyKeys("tier");
        assertThat(updated.getObject().getStatus().getPhase()).isEqualTo("Pending");
        assertThat(updated.getObject().getMetadata().getGeneration()).isEqualTo(2);
    }

    @Test
    void aStatusMaskTakesTheStatusOnlyAndNoGeneration() {
        PodResponse created = server.create(labelled(pod("shop", "a"), "app", "web"));

        PodResponse updated = update(phase(hostname(pod("shop", "a"), "h"), "Running"), "status");

        assertThat(updated.getObject().getStatus().getPhase()).isEqualTo("Running");
        assertThat(updated.getObject().getSpec()).isEqualTo(created.getObject().getSpec());
        ObjectMeta metadata = updated.getObject().getMetadata();
        assertThat(metadata)
                .isEqualTo(
                        created.getObject().getMetadata().toBuilder()
                                .setResourceVersion("2")
                                .build());
    }

    @Test
    void aMaskedFieldThatIsNotGivenIsCleared() {
        Pod.Builder asked = labelled(pod("shop", "a"), "app", "web").toBuilder();
        asked.getSpecBuilder().setNodeName("n1");
        server.create(asked.build());

        PodResponse updated = update(pod("shop", "a"), "spec.node_name", "metadata.labels");

        assertThat(updated.getObject().getSpec().getNodeName()).isEmpty();
        assertThat(updated.getObject().getSpec().getHostname()).isEqualTo("first");
        assertThat(updated.getObject().getMetadata().getLabelsMap()).isEmpty();
    }

    @Test
    void noMaskReachesWhatTheServerChose() {
        ObjectMeta before = server.create(pod("shop", "a")).getObject().getMetadata();
        Pod.Builder asked = pod("shop", "a").toBuilder();
        asked.getMetadataBuilder().setUid("mine").setGeneration(9).putAnnotations("k", "v");

        ObjectMeta after =
                update(asked.build(), "metadata", "metadata.uid").getObject().getMetadata();

        assertThat(after)
                .isEqualTo(
                        before.toBuilder()
                                .putAnnotations("k", "v")
                                .setResourceVersion("2")
                                .build());
    }

    @Test
    void anUnknownPathIsRefusedByName() {
        server.create(pod("shop", "a"));

        StatusRuntimeException error = refused(updating(pod("shop", "a"), "spec.colour"));

        assertThat(error.getStatus().getCode()).isEqualTo(Code.INVALID_ARGUMENT);
        assertThat(error.getStatus().getDescription())
                .isEqualTo("update_mask: no field \"spec.colour\" in weir.core.v1.Pod");
        assertThat(info(error).getReason()).isEqualTo("BadRequest");
    }

    @Test
    void anUpdateOfAnOlderRevisionIsAborted() {
        server.create(pod("shop", "a"));
        update(hostname(pod("shop", "a"), "h"));

        StatusRuntimeException error =
                refused(updating(hostname(pod("shop", "a"), "i")).setExpectedRevision(1));

        assertThat(error.getStatus().getCode()).isEqualTo(Code.ABORTED);
        assertThat(info(error).getReason()).isEqualTo("Conflict");
        assertThat(get("a").getObject().getSpec().getHostname()).isEqualTo("h");
        assertThat(
                        update(updating(hostname(pod("shop", "a"), "i")).setExpectedRevision(2))
                                .getCommit()
                                .getRevision())
                .isEqualTo(3);
    }

    @Test
    void anUpdateThatChangesNothingWritesNothing() {
        PodResponse created = server.create(pod("shop", "a"));
        Image before = server.control.image();

        PodResponse same = update(pod("shop", "a"));

        assertThat(same.getObject()).isEqualTo(created.getObject());
        assertThat(same.getCommit().getRevision()).isZero();
        assertThat(server.control.image()).isSameAs(before);
    }

    @Test
    void anUpdateOfWhatIsNotThereIsNotFound() {
        assertThat(refused(updating(pod("shop", "a"))).getStatus().getCode())
                .isEqualTo(Code.NOT_FOUND);
    }

    @Test
    void aDeletedObjectIsGone() {
        server.create(pod("shop", "a"));

        assertThat(server.delete("shop", "a")).isEqualTo(2);

        assertThat(server.control.image().objects()).isEmpty();
        assertThat(refused(deleting("a")).getStatus().getCode()).isEqualTo(Code.NOT_FOUND);
    }

    @Test
    void aDeleteOfAnOlderRevisionIsAborted() {
        server.create(pod("shop", "a"));
        update(hostname(pod("shop", "a"), "h"));

        assertThat(refused(deleting("a").setExpectedRevision(1)).getStatus().getCode())
                .isEqualTo(Code.ABORTED);
        assertThat(get("a").getCommit().getRevision()).isEqualTo(2);
    }

    @Test
    void whatMayNotBeDeletedStays() {
        server.create(pod("shop", "kept"));

        StatusRuntimeException error = refused(deleting("kept"));

        assertThat(error.getStatus().getCode()).isEqualTo(Code.PERMISSION_DENIED);
        assertThat(info(error).getReason()).isEqualTo("Forbidden");
        assertThat(get("kept").getCommit().getRevision()).isEqualTo(1);
    }

    @Test
    void whatIsDeletedLaterIsMarkedOnce() {
        server.create(pod("shop", "late"));

        assertThat(server.delete("shop", "late")).isEqualTo(2);
        assertThat(get("late").getObject().getMetadata().hasDeletionTimestamp()).isTrue();
        assertThat(server.delete("shop", "late")).isZero();
        assertThat(server.control.image().revision()).isEqualTo(2);
    }

    @Test
    void validateOnlyJudgesAndWritesNothing() {
        server.create(pod("shop", "a"));
        Image before = server.control.image();

        PodResponse created =
                server.pods().create(creating(pod("shop", "b")).setValidateOnly(true).build());
        PodResponse updated =
                update(updating(hostname(pod("shop", "a"), "h")).setValidateOnly(true));
        DeleteResponse deleted = server.pods().delete(deleting("a").setValidateOnly(true).build());
        StatusRuntimeException refused =
                refused(creating(hostname(pod("shop", "c"), "")).setValidateOnly(true));

        assertThat(created.getObject().getMetadata().getUid()).isNotEmpty();
        assertThat(updated.getObject().getSpec().getHostname()).isEqualTo("h");
        assertThat(
                        List.of(
                                created.getCommit().getRevision(),
                                updated.getCommit().getRevision(),
                                deleted.getCommit().getRevision()))
                .containsOnly(0L);
        assertThat(refused.getStatus().getCode()).isEqualTo(Code.INVALID_ARGUMENT);
        assertThat(server.control.image()).isSameAs(before);
    }

    @Test
    void validateOnlyDoesNotUseUpTheRequestId() {
        CreatePodRequest.Builder request = creating(pod("shop", "a")).setRequestId("r1");

        server.pods().create(request.clone().setValidateOnly(true).build());

        assertThat(server.pods().create(request.build()).getCommit().getRevision()).isEqualTo(1);
    }

    @Test
    void aRepeatedRequestIsCarriedOutOnce() {
        CreatePodRequest create = creating(pod("shop", "a")).setRequestId("create-1").build();
        PodResponse created = server.pods().create(create);
        UpdatePodRequest.Builder update =
                updating(hostname(pod("shop", "a"), "h")).setRequestId("update-1");
        PodResponse updated = update(update.clone().setExpectedRevision(1));

        assertThat(server.pods().create(create).getCommit()).isEqualTo(created.getCommit());
        assertThat(update(update.setExpectedRevision(1))).isEqualTo(updated);
        assertThat(server.control.image().revision()).isEqualTo(2);
    }

    @Test
    void aRepeatedDeleteSucceeds() {
        server.create(pod("shop", "a"));
        DeleteRequest delete = deleting("a").setRequestId("delete-1").build();
        DeleteResponse deleted = server.pods().delete(delete);

        assertThat(server.pods().delete(delete)).isEqualTo(deleted);
        assertThat(server.control.image().revision()).isEqualTo(2);
    }

    @Test
    void aRepeatedRequestForAGeneratedNameGetsTheSameObject() {
        Pod.Builder asked = pod("shop", "").toBuilder();
        asked.getMetadataBuilder().setGenerateName("web-");
        CreatePodRequest create = creating(asked.build()).setRequestId("create-1").build();
        PodResponse created = server.pods().create(create);

        assertThat(server.pods().create(create)).isEqualTo(created);
        assertThat(server.control.image().objects()).hasSize(1);
    }

    @Test
    void aRequestIdThatIsTooLongIsRefused() {
        StatusRuntimeException error =
                refused(creating(pod("shop", "a")).setRequestId("x".repeat(65)));

        assertThat(error.getStatus().getCode()).isEqualTo(Code.INVALID_ARGUMENT);
        assertThat(error.getStatus().getDescription()).contains("request_id");
    }

    @Test
    void whatAdmissionRefusesNamesItsFields() {
        StatusRuntimeException error = refused(creating(hostname(pod("shop", "a"), "")));

        assertThat(error.getStatus().getCode()).isEqualTo(Code.INVALID_ARGUMENT);
        assertThat(error.getStatus().getDescription())
                .isEqualTo("Pod \"a\" is invalid: spec.hostname: Required value: say one");
        assertThat(info(error).getReason()).isEqualTo("Invalid");
        assertThat(info(error).getDomain()).isEqualTo("weir.dev");
        assertThat(PodServer.violations(error).getFieldViolationsList())
                .singleElement()
                .satisfies(
                        violation -> {
                            assertThat(violation.getField()).isEqualTo("spec.hostname");
                            assertThat(violation.getDescription())
                                    .isEqualTo("Required value: say one");
                        });
    }

    @Test
    void aMistakeOfOursIsInternalAndHarmsNobodyElse() {
        StatusRuntimeException error = refused(creating(pod("shop", "bug")));

        assertThat(error.getStatus().getCode()).isEqualTo(Code.INTERNAL);
        assertThat(info(error).getReason()).isEqualTo("InternalError");
        assertThat(server.create(pod("shop", "a")).getCommit().getRevision()).isEqualTo(1);
    }

    private static Frontier after(String logId, String shard, long revision) {
        return Frontier.newBuilder().setLogId(logId).putRevisions(shard, revision).build();
    }

    @Test
    void aRequestWaitsForTheOtherShardThatItNames() throws Exception {
        var request =
                creating(pod("shop", "a"))
                        .setAfter(after(server.endpoint.image().logId(), "endpoint", 1))
                        .build();
        var answer =
                dev.weir.core.v1.PodsGrpc.newFutureStub(server.channel)
                        .withDeadlineAfter(20, TimeUnit.SECONDS)
                        .create(request);
        Thread.sleep(100);
        assertThat(answer.isDone()).isFalse();
        assertThat(server.control.image().objects()).isEmpty();

        server.endpoint.write(Namespaces.put("x", "1")).join();

        assertThat(answer.get(20, TimeUnit.SECONDS).getCommit().getRevision()).isEqualTo(1);
    }

    @Test
    void aRequestAfterAnotherLogFailsAtOnce() {
        server.endpoint.write(Namespaces.put("x", "1")).join();

        StatusRuntimeException error =
                refused(creating(pod("shop", "a")).setAfter(after("elsewhere", "endpoint", 1)));

        assertThat(error.getStatus().getCode()).isEqualTo(Code.OUT_OF_RANGE);
        assertThat(error.getStatus().getDescription()).contains("endpoint").contains("elsewhere");
        assertThat(info(error).getReason()).isEqualTo("Expired");
        assertThat(server.control.image().objects()).isEmpty();
    }

    @Test
    void aRequestAfterAShardThatDoesNotExistIsRefused() {
        StatusRuntimeException error =
                refused(creating(pod("shop", "a")).setAfter(after("", "weather", 1)));

        assertThat(error.getStatus().getCode()).isEqualTo(Code.INVALID_ARGUMENT);
        assertThat(error.getStatus().getDescription()).contains("weather").contains("endpoint");
    }
}
