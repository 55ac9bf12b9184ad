/// What is fetched. Changing a version means measuring again what tests state about it.
const PACKAGES: &[Package] = &[
    Package {
        name: "rs1090",
        version: "0.7.0",
        registry: Registry::Crates,
        items: &[Item {
            to: "rs1090/long_flight.csv",
            from: "data/long_flight.csv",
            sha256: "3e5aa149f2d45d675f79960f03c39a6a0e4f7c6acc3c067bebdd7b9be6ce5505",
        }],
    },
    Package {
        name: "adsb_deku",
        version: "0.8.0",
        registry: Registry::Crates,
        items: &[Item {
            to: "adsb_deku/lax-messages.txt",
            from: "tests/lax-messages.txt",
            sha256: "4272252e9b2a9c19674cf0886729eb35e5ba6175b6bacf669b27483afa15b0fc",
        }],
    },
    Package {
        name: "asterix-decoder",
        version: "0.7.11",
        registry: Registry::PyPiSource,
        items: &[
            Item {
                to: "asterix-decoder/cat_001_002.pcap",
                from: "install/sample_data/cat_001_002.pcap",
                sha256: "773c76a1f763541abe4d2ed77581d279465196d5a5896ed30790be2b1058ebb4",
            },
            Item {
                to: "asterix-decoder/cat_034_048.pcap",
                from: "install/sample_data/cat_034_048.pcap",
                sha256: "7f4e9a37641bfa27022ee95ba52f178e68260c1b7e83d6a0e4720a96b3a2cc3d",
            },
            Item {
                to: "asterix-decoder/cat_062_065.pcap",
                from: "install/sample_data/cat_062_065.pcap",
                sha256: "fc250f563ec96369d10f960f870a305041b85e05842d987e68dbd3c4d079df13",
            },
            Item {
                to: "asterix-decoder/asterix.pcap",
                from: "install/sample_data/asterix.pcap",
                sha256: "76c22bae36ea7548dd070af04a7a745ececb604df2de2c9c82df65f399189479",
            },
            Item {
                to: "asterix-decoder/cat048.raw",
                from: "install/sample_data/cat048.raw",
                sha256: "17481bd2955d046efc5aac1022b4f5879ab02456060c419503aded54bf2e5efd",
            },
            Item {
                to: "asterix-decoder/cat062cat065.raw",
                from: "install/sample_data/cat062cat065.raw",
                sha256: "2916c2c01ee66d316d51bf125e28f4133a38abb7b19ee5eef1a0d7f6aaf1a53d",
            },
            Item {
                to: "asterix-decoder/cat034.raw",
                from: "asterix/sample_data/cat034.raw",
                sha256: "a5d24d471cc0fac2554924cbd6aacbf532be96204b4fb335f6275b9a1a0e5766",
            },
        ],
    },
    Package {
        name: "traffic",
        version: "2.13",
        registry: Registry::PyPiWheel,
        items: &[
            Item {
                to: "traffic/dump1090/sample_dump1090.bin",
                from: "traffic/data/samples/dump1090/sample_dump1090.bin",
                sha256: "e3ea5039d065c56dbadac7ddcb884df00938082116fdafcc9d7324ea4ab3d538",
            },
            Item {
                to: "traffic/rs1090/full_flight_short.jsonl",
                from: "traffic/data/samples/rs1090/full_flight_short.jsonl",
                sha256: "a8dc1dce87ecd2b23e20983f0671be16d2d9e8207942610633bf86e65068075f",
            },
            Item {
                to: "traffic/readsb/trace_full_ac671b.json",
                from: "traffic/data/samples/readsb/trace_full_ac671b.json",
                sha256: "995347cbfe9fedb93aa731db145a5bec8ab53d605c7068e7f47da55b60a47d43",
            },
            Item {
                to: "traffic/noisy/noisy_spoofing.json.gz",
                from: "traffic/data/samples/noisy/noisy_spoofing.json.gz",
                sha256: "28c4c8587177c28ac18c91b78bda84682b2e3d82989e471098cda7aa6c2cbaf6",
            },
            Item {
                to: "traffic/collections/quickstart.json.gz",
                from: "traffic/data/samples/collections/quickstart.json.gz",
                sha256: "0ef1a97f6b96c31a58e2d9cf58af01a90016eb97472f37718dcba3913c682403",
            },
            Item {
                to: "traffic/collections/switzerland.json.gz",
                from: "traffic/data/samples/collections/switzerland.json.gz",
                sha256: "ff5be108224b2a96892a697faf2a7492bf530e64d145d9675eb927c4ed97d4c3",
            },
            Item {
                to: "traffic/gliders/alpi_italiane.json.gz",
                from: "traffic/data/samples/gliders/alpi_italiane.json.gz",
                sha256: "742578da27d917951ca18b3362ec2e8dfb698b1c0371f7e228624fcfd2eca435",
            },
            Item {
                to: "traffic/gliders/alto_adige.json.gz",
                from: "traffic/data/samples/gliders/alto_adige.json.gz",
                sha256: "f8050a25b0758e1c16debfc55cfb5eeee3bbce4cc878f915376f318ad5ece00c",
            },
            Item {
                to: "traffic/gliders/cevennes.json.gz",
                from: "traffic/data/samples/gliders/cevennes.json.gz",
                sha256: "4189a729e07f51c689c6c0962d0155e69cd2a2fe6060fa5b5c7e2b94a38f6871",
            },
            Item {
                to: "traffic/gliders/danube_valley.json.gz",
                from: "traffic/data/samples/gliders/danube_valley.json.gz",
                sha256: "63f7361759dc9b869ecfb75446173bd58c8218e8df5c4022d3d196ea4b036f04",
            },
            Item {
                to: "traffic/gliders/franconia.json.gz",
                from: "traffic/data/samples/gliders/franconia.json.gz",
                sha256: "669d3341431d054facd77190dce3ab542f40a3234b596431b9bbd46363c05472",
            },
            Item {
                to: "traffic/gliders/luberon.json.gz",
                from: "traffic/data/samples/gliders/luberon.json.gz",
                sha256: "8714330414c9f458341f078eae359dc296811df0e2e890c4220ed67ca82cec12",
            },
            Item {
                to: "traffic/gliders/oxford_cambridge.json.gz",
                from: "traffic/data/samples/gliders/oxford_cambridge.json.gz",
                sha256: "5f51341a95f2b4f3e0f4bd428e316a1a703c4a037fda1ec7570af330acc8def1",
            },
            Item {
                to: "traffic/gliders/sisteron.json.gz",
                from: "traffic/data/samples/gliders/sisteron.json.gz",
                sha256: "9a611c6535596d639e0e78f039164aa601d19dbde54012df223dfbee172a4adb",
            },
            Item {
                to: "traffic/military/aircraft_carrier.json.gz",
                from: "traffic/data/samples/military/aircraft_carrier.json.gz",
                sha256: "50e5714878365c6883b7d3fd928440e141bb62427feda2df1159eff784e9baa5",
            },
            Item {
                to: "traffic/military/inflight_refuelling.json.gz",
                from: "traffic/data/samples/military/inflight_refuelling.json.gz",
                sha256: "d72c8dc502b487eeb2b38c0cd0d7c59453587fceb5cde887737c984592e27974",
            },
        ],
    },
];
