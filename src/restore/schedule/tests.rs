//! Order and conflicts of entries, without a server.

use super::*;
use crate::archive::{
    Archive, DataLocation, Format, Header, HeaderCompression, LocalTime, ParsedEntry, Version,
};
use crate::restore::RestoreOptions;
use crate::unpack::Places;

fn entry(id: u32, desc: &'static str, section: Section, needs: &[u32]) -> TocEntry {
    TocEntry {
        defn: Some("SELECT 1;".into()),
        has_data: desc == "TABLE DATA",
        dependencies: needs.iter().copied().map(DumpId).collect(),
        ..TocEntry::new(DumpId(id), desc, format!("e{id}"), section)
    }
}

/// Two tables with rows, an index, keys of both and a foreign key between them.
fn entries() -> Vec<TocEntry> {
    use Section::{Data, PostData, PreData};
    vec![
        entry(1, "TABLE", PreData, &[]),
        entry(2, "TABLE", PreData, &[]),
        entry(3, "TABLE DATA", Data, &[1]),
        entry(4, "TABLE DATA", Data, &[2]),
        entry(5, "CONSTRAINT", PostData, &[1]),
        entry(6, "CONSTRAINT", PostData, &[2]),
        entry(7, "INDEX", PostData, &[1]),
        entry(8, "INDEX", PostData, &[1]),
        entry(9, "FK CONSTRAINT", PostData, &[1, 2, 6]),
    ]
}

fn plan(entries: Vec<TocEntry>, offsets: &[(u32, u64)]) -> Plan {
    let place = |id: DumpId| offsets.iter().find(|(of, _)| DumpId(*of) == id);
    let archive = Archive {
        header: Header {
            version: Version::V1_14,
            compression: HeaderCompression::None,
            created: LocalTime::default(),
            database: "x".into(),
            server_version: "15.1".into(),
            dump_version: "15.1".into(),
            format: Format::Custom,
        },
        entries: entries
            .into_iter()
            .map(|entry| ParsedEntry {
                data: match place(entry.dump_id) {
                    Some((_, offset)) => DataLocation::Offset(*offset),
                    None => DataLocation::None,
                },
                entry,
            })
            .collect(),
        data_offset: 0,
    };
    let places = Places::new(&archive, None, 100 << 20);
    let options = RestoreOptions::new("x".parse().unwrap(), "d".parse().unwrap());
    Plan::new(archive, places, None, &options).unwrap()
}

fn next_id(schedule: &mut Schedule, plan: &Plan) -> Option<u32> {
    match schedule.next() {
        Next::Item(place) => Some(plan.entries[place].dump_id.0),
        Next::Wait | Next::Done => None,
    }
}

fn done(schedule: &mut Schedule, plan: &Plan, id: u32) {
    schedule.done(plan.place(DumpId(id)).unwrap());
}

#[test]
fn what_needs_a_table_waits_for_its_rows() {
    let plan = plan(entries(), &[]);
    let mut schedule = Schedule::new(&plan, 2..9);
    assert_eq!(next_id(&mut schedule, &plan), Some(3));
    assert_eq!(next_id(&mut schedule, &plan), Some(4));
    assert_eq!(next_id(&mut schedule, &plan), None);
    done(&mut schedule, &plan, 4);
    assert_eq!(next_id(&mut schedule, &plan), Some(6));
    assert_eq!(next_id(&mut schedule, &plan), None);
}

#[test]
fn indexes_of_a_table_go_together_but_not_with_what_locks_it() {
    let plan = plan(entries(), &[]);
    let mut schedule = Schedule::new(&plan, 4..9);
    assert_eq!(next_id(&mut schedule, &plan), Some(5));
    assert_eq!(next_id(&mut schedule, &plan), Some(6));
    // Both indexes need the table that entry 5 locks.
    assert_eq!(next_id(&mut schedule, &plan), None);
    done(&mut schedule, &plan, 5);
    assert_eq!(next_id(&mut schedule, &plan), Some(7));
    assert_eq!(next_id(&mut schedule, &plan), Some(8));
    done(&mut schedule, &plan, 6);
    // The foreign key locks what the indexes use.
    assert_eq!(next_id(&mut schedule, &plan), None);
    done(&mut schedule, &plan, 7);
    done(&mut schedule, &plan, 8);
    assert_eq!(next_id(&mut schedule, &plan), Some(9));
    done(&mut schedule, &plan, 9);
    assert_eq!(schedule.next(), Next::Done);
}

#[test]
fn large_tables_come_first_and_small_ones_in_order() {
    // The last block goes on to the end of the archive, 100 MiB away.
    let plan = plan(entries(), &[(3, 0), (4, 100)]);
    let mut schedule = Schedule::new(&plan, 2..4);
    assert_eq!(next_id(&mut schedule, &plan), Some(4));
    assert_eq!(next_id(&mut schedule, &plan), Some(3));
}

#[test]
fn circle_is_restored_in_order() {
    use Section::PostData;
    let entries = vec![
        entry(1, "RULE", PostData, &[2]),
        entry(2, "RULE", PostData, &[1]),
        entry(3, "RULE", PostData, &[2]),
    ];
    let plan = plan(entries, &[]);
    let mut schedule = Schedule::new(&plan, 0..3);
    for id in [1, 2, 3] {
        assert_eq!(next_id(&mut schedule, &plan), Some(id));
        done(&mut schedule, &plan, id);
    }
    assert_eq!(schedule.next(), Next::Done);
}
