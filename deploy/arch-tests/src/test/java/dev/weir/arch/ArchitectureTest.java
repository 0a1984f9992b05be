package dev.weir.arch;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.equivalentTo;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ArchitectureTest {
    /** The pure core: values in, values out. */
    private static final DescribedPredicate<JavaClass> PURE =
            resideInAnyPackage(
                    "dev.weir..admission..",
                    "dev.weir..allocate..",
                    "dev.weir..balance..",
                    "dev.weir..compile..",
                    "dev.weir..condition..",
                    "dev.weir..derive..",
                    "dev.weir..render..",
                    "dev.weir.routing..",
                    "dev.weir..wire..",
                    "dev.weir..zone..");

    /** What is called I/O and stays in memory. */
    private static final DescribedPredicate<JavaClass> IN_MEMORY =
            equivalentTo(ByteArrayInputStream.class).or(equivalentTo(ByteArrayOutputStream.class));

    private static final DescribedPredicate<JavaClass> GENERATED = Module.PROTO.classes();

    private static JavaClasses weir;

    @BeforeAll
    static void read() {
        weir =
                new ClassFileImporter()
                        .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                        .importPackages("dev.weir");
    }

    @ParameterizedTest
    @EnumSource
    void arrowsGoOneWay(Module module) {
        classes()
                .that(module.classes())
                .should()
                .onlyDependOnClassesThat(module.mayName())
                .check(weir);
    }

    @Test
    void thePureCoreNamesValuesOnly() {
        classes()
                .that(PURE)
                .should()
                .onlyDependOnClassesThat(
                        PURE.or(GENERATED)
                                .or(Module.MODEL.classes())
                                .or(Module.CHANGES.classes())
                                // The agent derives the image that its planes take.
                                .or(Module.SPI.classes())
                                .or(
                                        resideInAnyPackage(
                                                "java..",
                                                "com.google.protobuf..",
                                                "org.jspecify.annotations",
                                                "org.pcollections")))
                .check(weir);
    }

    @Test
    void thePureCoreNeitherBlocksNorReachesOutside() {
        noClasses()
                .that(PURE)
                .should()
                .dependOnClassesThat(
                        resideInAnyPackage(
                                        "java.io",
                                        "java.net.http..",
                                        "java.nio.channels..",
                                        "java.nio.file..",
                                        "java.sql..",
                                        "java.util.concurrent..")
                                .and(not(IN_MEMORY)))
                .check(weir);
    }

    @Test
    void noTwoPackagesNeedEachOther() {
        slices().matching("dev.weir.(**)")
                .should()
                .beFreeOfCycles()
                // Field checks are written over the values, and some values check themselves.
                .ignoreDependency(
                        resideInAPackage("dev.weir.model"),
                        resideInAPackage("dev.weir.model.check"))
                .check(weir);
    }

    @Test
    void onlyLinuxCallsNativeCode() {
        noClasses()
                .that(not(Module.LINUX.classes()))
                .should()
                .dependOnClassesThat(resideInAnyPackage("java.lang.foreign"))
                .check(weir);
    }

    @Test
    void nullIsMarkedInEveryPackage() {
        assertThat(weir.that(not(GENERATED)))
                .extracting(JavaClass::getPackage)
                .allSatisfy(
                        owner ->
                                assertThat(owner.isAnnotatedWith(NullMarked.class))
                                        .as("%s is @NullMarked", owner.getName())
                                        .isTrue());
    }
}
