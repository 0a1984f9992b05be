package dev.weir.agent.nft;

import static dev.weir.agent.nft.Lab.Place.NODE;

import dev.weir.agent.nft.Lab.Place;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;

/** Tests with real packets: a lab for each class, whose places all serve, a plane for each test. */
abstract class TrafficTest {
    /** Of the class that runs: classes run one after another. */
    static Lab lab;

    NftDataPlane plane;

    @BeforeAll
    static void build() throws Exception {
        lab = Lab.create();
        for (Place place : Place.values()) {
            lab.serve(place, 8080);
            lab.serve(place, 8081);
        }
    }

    @AfterAll
    static void tearDown() throws Exception {
        if (lab != null) {
            lab.close();
        }
    }

    @BeforeEach
    void open() {
        plane = NftDataPlaneProvider.open(Images.SETTINGS, lab.namespace(NODE));
    }

    @AfterEach
    void close() throws Exception {
        plane.close();
        lab.nft("delete", "table", "inet", "weir");
    }
}
