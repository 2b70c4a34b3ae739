//! Which entry comes next, where several are restored at the same time
//! (`restore_toc_entries_parallel` in `pg_backup_archiver.c`).
//!
//! An entry waits for those it depends on. What is made after the data depends on
//! tables, but means their rows; and but for indexes it locks those tables, so that two
//! of a table are not made at the same time: the second would wait, or both for each other.

use std::cmp::Reverse;
use std::collections::{BTreeSet, HashMap, HashSet};

use super::plan::{Plan, is_table};
use crate::archive::{Section, TocEntry};
use crate::ids::DumpId;

/// Data of fewer bytes is restored in the archive's order: there it lies side by side.
const SMALL: u64 = 1 << 20;

/// Entries that are waiting, ready, or being restored.
pub(super) struct Schedule {
    items: HashMap<usize, Item>,
    /// What each item keeps waiting.
    dependents: HashMap<DumpId, Vec<usize>>,
    /// The largest first, then in the archive's order.
    ready: BTreeSet<(Reverse<u64>, usize)>,
    waiting: usize,
    running: Running,
}

struct Item {
    id: DumpId,
    needs: HashSet<DumpId>,
    /// Those of the needs that it locks.
    locks: Vec<DumpId>,
    /// How many of them are not restored yet.
    missing: usize,
    weight: u64,
}

/// What is in use by entries that are being restored.
#[derive(Default)]
struct Running {
    used: HashMap<DumpId, usize>,
    locked: HashMap<DumpId, usize>,
    items: usize,
}

/// What is to be done next.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Next {
    /// Restore this entry.
    Item(usize),
    /// Wait until something is done.
    Wait,
    /// Nothing is left.
    Done,
}

impl Schedule {
    /// Schedules `items` of a plan; all other entries are done, or are never to be.
    pub(super) fn new(plan: &Plan, items: impl IntoIterator<Item = usize>) -> Self {
        let rows = rows_of_tables(plan);
        let places: Vec<usize> = items.into_iter().collect();
        let scheduled: HashSet<DumpId> = places
            .iter()
            .map(|&place| plan.entries[place].dump_id)
            .collect();
        let mut schedule = Self {
            items: HashMap::new(),
            dependents: HashMap::new(),
            ready: BTreeSet::new(),
            waiting: 0,
            running: Running::default(),
        };
        for place in places {
            let item = Item::new(plan, &plan.entries[place], &rows, &scheduled);
            for need in item.needs.iter().filter(|need| scheduled.contains(need)) {
                schedule.dependents.entry(*need).or_default().push(place);
            }
            if item.missing == 0 {
                schedule.ready.insert((Reverse(item.weight), place));
            } else {
                schedule.waiting += 1;
            }
            schedule.items.insert(place, item);
        }
        schedule
    }

    /// Takes what may be restored now.
    pub(super) fn next(&mut self) -> Next {
        let free = self.ready.iter().find(|(_, place)| {
            let item = &self.items[place];
            !self.running.conflicts_with(item)
        });
        if let Some(&found) = free {
            self.ready.remove(&found);
            self.running.add(&self.items[&found.1]);
            return Next::Item(found.1);
        }
        match (self.running.items, self.ready.len() + self.waiting) {
            (0, 0) => Next::Done,
            // A circle: nothing of it will ever be ready. It is restored in order, as
            // far as that goes.
            (0, _) => self.break_circle(),
            _ => Next::Wait,
        }
    }

    /// Notes that an entry is done, however that ended.
    pub(super) fn done(&mut self, place: usize) {
        let Some(item) = self.items.remove(&place) else {
            return;
        };
        self.running.remove(&item);
        for dependent in self.dependents.remove(&item.id).unwrap_or_default() {
            if let Some(waiting) = self.items.get_mut(&dependent) {
                waiting.missing -= 1;
                if waiting.missing == 0 {
                    self.waiting -= 1;
                    self.ready.insert((Reverse(waiting.weight), dependent));
                }
            }
        }
    }

    fn break_circle(&mut self) -> Next {
        let first = self.items.iter().filter(|(_, item)| item.missing > 0);
        let Some(place) = first.map(|(place, _)| *place).min() else {
            return Next::Done;
        };
        if let Some(item) = self.items.get_mut(&place) {
            item.missing = 0;
            self.waiting -= 1;
            self.running.add(item);
        }
        // Whoever it waited for must not free it once more.
        for dependents in self.dependents.values_mut() {
            dependents.retain(|dependent| *dependent != place);
        }
        Next::Item(place)
    }
}

impl Item {
    fn new(
        plan: &Plan,
        entry: &TocEntry,
        rows: &HashMap<DumpId, DumpId>,
        scheduled: &HashSet<DumpId>,
    ) -> Self {
        let is_post_data = entry.section == Section::PostData;
        let meant = |id: &DumpId| match rows.get(id) {
            Some(rows) if is_post_data => *rows,
            _ => *id,
        };
        let needs: HashSet<DumpId> = entry
            .dependencies
            .iter()
            .map(meant)
            .filter(|need| *need != entry.dump_id)
            .collect();
        let locks = is_post_data && entry.desc != "INDEX";
        let is_lockable = |need: &&DumpId| {
            plan.place(**need).is_some_and(|place| {
                let needed = &plan.entries[place];
                is_table(needed) || needed.desc == "TABLE DATA"
            })
        };
        let weight = match entry.has_data {
            true => plan.data_bytes(entry.dump_id),
            // Making an index takes as long as its table is large.
            false => needs
                .iter()
                .map(|need| plan.data_bytes(*need))
                .max()
                .unwrap_or(0),
        };
        Self {
            id: entry.dump_id,
            missing: needs.iter().filter(|need| scheduled.contains(need)).count(),
            locks: match locks {
                true => needs.iter().filter(is_lockable).copied().collect(),
                false => Vec::new(),
            },
            weight: if weight < SMALL { 0 } else { weight },
            needs,
        }
    }
}

impl Running {
    fn conflicts_with(&self, item: &Item) -> bool {
        item.locks.iter().any(|lock| self.used.contains_key(lock))
            || item.needs.iter().any(|need| self.locked.contains_key(need))
    }

    fn add(&mut self, item: &Item) {
        self.items += 1;
        for need in &item.needs {
            *self.used.entry(*need).or_default() += 1;
        }
        for lock in &item.locks {
            *self.locked.entry(*lock).or_default() += 1;
        }
    }

    fn remove(&mut self, item: &Item) {
        self.items -= 1;
        for need in &item.needs {
            release(&mut self.used, need);
        }
        for lock in &item.locks {
            release(&mut self.locked, lock);
        }
    }
}

fn release(counts: &mut HashMap<DumpId, usize>, id: &DumpId) {
    if let Some(count) = counts.get_mut(id) {
        *count -= 1;
        if *count == 0 {
            counts.remove(id);
        }
    }
}

/// The entry with the rows of each table. Of several, the last.
fn rows_of_tables(plan: &Plan) -> HashMap<DumpId, DumpId> {
    let rows = plan
        .entries
        .iter()
        .filter(|entry| entry.desc == "TABLE DATA");
    rows.filter_map(|rows| Some((*rows.dependencies.first()?, rows.dump_id)))
        .collect()
}

#[cfg(test)]
mod tests;
