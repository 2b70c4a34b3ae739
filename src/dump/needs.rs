//! What an entry depends on: what its object needs, seen through objects without entries.

use std::collections::HashSet;

use crate::ids::DumpId;

/// How long a list of needs may get before it names each need once.
const MANY_NEEDS: usize = 10_000;

/// Where a need leads, for every object. There may be hundreds of thousands: a list
/// by number is smaller and faster than a map.
pub(super) struct Ways(Vec<Way>);

#[derive(Clone)]
enum Way {
    /// Boundaries lead nowhere: everything stands beyond them.
    Nowhere,
    /// The object has an entry.
    Entry,
    /// It has none: what it needs stands for it.
    Through(Box<[DumpId]>),
}

impl Ways {
    /// All of `objects` lead nowhere yet.
    pub(super) fn new(objects: usize) -> Self {
        Self(vec![Way::Nowhere; objects])
    }

    /// The object has an entry. The ids of entries without an object are ignored.
    pub(super) fn end_at(&mut self, id: DumpId) {
        if let Some(way) = self.0.get_mut(index(id)) {
            *way = Way::Entry;
        }
    }

    /// The object leads where its needs lead, unless it has an entry. Those needs come first.
    pub(super) fn pass(&mut self, id: DumpId, needs: &[DumpId]) {
        if matches!(self.0[index(id)], Way::Nowhere) {
            self.0[index(id)] = Way::Through(self.ends(needs).into_boxed_slice());
        }
    }

    /// The entries that `needs` lead to. As in `pg_dump`, an entry is named as often
    /// as there are ways to it; unlike there, not if those multiply.
    pub(super) fn ends(&self, needs: &[DumpId]) -> Vec<DumpId> {
        let mut found = Vec::with_capacity(needs.len());
        for need in needs {
            match &self.0[index(*need)] {
                Way::Nowhere => {}
                Way::Entry => found.push(*need),
                Way::Through(ends) => found.extend(ends),
            }
            if found.len() > MANY_NEEDS {
                let mut seen = HashSet::new();
                found.retain(|need| seen.insert(*need));
            }
        }
        found
    }
}

fn index(id: DumpId) -> usize {
    id.0 as usize - 1
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ids(ids: &[u32]) -> Vec<DumpId> {
        ids.iter().map(|id| DumpId(*id)).collect()
    }

    #[test]
    fn need_without_an_entry_is_replaced_by_what_lies_beyond_it() {
        let mut ways = Ways::new(4);
        ways.end_at(DumpId(1));
        ways.end_at(DumpId(2));
        // An entry that has no object.
        ways.end_at(DumpId(5));
        ways.pass(DumpId(3), &ids(&[2, 1]));
        assert_eq!(ways.ends(&ids(&[1, 3, 4])), ids(&[1, 2, 1]));
    }

    #[test]
    fn ways_that_multiply_make_no_endless_lists() {
        let mut ways = Ways::new(60);
        ways.end_at(DumpId(1));
        // Each object needs the one before it ten times.
        for id in 2..60 {
            let needs = ids(&[id - 1; 10]);
            assert!(ways.ends(&needs).len() <= MANY_NEEDS);
            ways.pass(DumpId(id), &needs);
        }
    }
}
