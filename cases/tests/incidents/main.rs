//! Every incident can be solved from its evidence, every herring is refuted by some of it, and no two pieces contradict
//! each other: over two hundred seeds and every cause that can be played.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a test that cannot go on should stop"
)]

mod readers;

use std::collections::{BTreeMap, BTreeSet};

use divedeep_cases::cloud::Seed;
use divedeep_cases::incident::{Diagnosis, Scene, WORLDS, World};
use divedeep_model::Incident;

const SEEDS: u32 = 200;

#[derive(serde::Deserialize)]
struct File {
    incident: Vec<Incident>,
}

/// The incident's record in the bank.
fn record(id: &str) -> Incident {
    let path = format!("{}/../data/incidents/{id}.toml", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"));
    let file: File = toml::from_str(&text).unwrap_or_else(|error| panic!("{path}: {error}"));
    file.incident.into_iter().next().expect("one incident")
}

/// Causes that can be played: the usual one and the variants.
fn playable(record: &Incident) -> Vec<String> {
    let mut causes: Vec<String> = record.hypotheses.iter().take(1).map(|one| one.id.clone()).collect();
    causes.extend(record.hypotheses.iter().skip(1).filter(|one| one.variant).map(|one| one.id.clone()));
    causes
}

fn is_sound(world: &World) {
    let record = record(world.id);
    assert_eq!(record.id, world.id);
    let ids: Vec<&str> = record.hypotheses.iter().map(|one| one.id.as_str()).collect();
    assert_eq!(ids, world.causes, "{}: hypotheses of the record, causes of the world", world.id);
    let checks: BTreeSet<&str> = record.checks.iter().map(|check| check.id.as_str()).collect();
    let reader = readers::ALL.iter().find(|reader| reader.incident == world.id).expect("a reader");
    for seed in 0..SEEDS {
        // Each world is built once, for all the causes that are played.
        let scenes: Vec<Scene> =
            world.causes.iter().map(|cause| world.case(cause, Seed(seed)).scene).collect();
        for cause in playable(&record) {
            let scene = &scenes[world.causes.iter().position(|known| *known == cause).expect("a cause")];
            let name = format!("{} {cause} seed {seed}", world.id);
            let shown: BTreeSet<&str> = scene.views.keys().map(String::as_str).collect();
            assert_eq!(shown, checks, "{name}: views of the world, checks of the record");
            for (text, words) in record.texts() {
                for words in [&words.en, &words.zh_tw] {
                    assert!(!scene.fill(words).contains('{'), "{name}: {text} has an unknown brace: {words}");
                }
            }
            let diagnosis = Diagnosis::among(world, &scenes, &cause, &record.checks);
            assert_eq!(diagnosis.undecided(), Vec::<&str>::new(), "{name}: no check refutes these");
            assert!(diagnosis.best().is_some(), "{name}: no way to the cause");

            // What a reader of the text alone finds is what the world says it shows.
            let texts: BTreeMap<&str, String> = scene
                .views
                .iter()
                .map(|(id, view)| {
                    let texts: Vec<&str> = view.evidence.iter().map(|piece| piece.text.as_str()).collect();
                    (id.as_str(), texts.join("\n"))
                })
                .collect();
            for (check, view) in &scene.views {
                let read = (reader.finding)(check, &texts[check.as_str()], &view.series);
                assert_eq!(read, view.finding, "{name}, {check}:\n{}", texts[check.as_str()]);
            }
            let faults = (reader.contradictions)(&texts, &scene.views);
            assert!(faults.is_empty(), "{name}: {faults:?}");
        }
    }
}

#[test]
fn every_world_has_a_reader_and_a_record() {
    let worlds: Vec<_> = WORLDS.iter().map(|world| world.id).collect();
    let readers: Vec<_> = readers::ALL.iter().map(|reader| reader.incident).collect();
    assert_eq!(worlds, readers);
    assert!(worlds.is_sorted());
}

macro_rules! sound {
    ($($name:ident $id:literal)*) => {
        $(#[test]
        fn $name() {
            is_sound(divedeep_cases::incident::world($id).expect("a world"));
        })*
    };
}

sound! {
    i01_stale_certificate "I01"
    i02_kill_loop "I02"
    i03_connection_storm "I03"
    i04_nat_ports "I04"
    i05_process_vanishes "I05"
    i06_close_wait "I06"
    i07_nacl_return "I07"
    i08_cached_writer "I08"
    i09_stale_replica "I09"
    i10_kernel_panic_module "I10"
    i11_mtu_black_hole "I11"
    i12_hot_prefix "I12"
    i13_two_denies "I13"
    i14_role_storm "I14"
    i15_endpoint_group "I15"
    i16_partial_replication "I16"
    i17_resolver_limit "I17"
    i18_private_zone "I18"
    i19_fstab_emergency "I19"
    i20_burst_empty "I20"
    i21_unhealthy_disks "I21"
    i22_skewed_key "I22"
    i23_asymmetric_return "I23"
    i24_image_architecture "I24"
}
