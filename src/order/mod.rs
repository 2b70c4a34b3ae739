//! The order of an archive: by kind and name, disturbed no more than
//! dependencies demand.
//!
//! Rules and tie-breaks are those of PostgreSQL's `pg_dump_sort.c`, so that an
//! archive of ours lists objects as `pg_dump` does. Nothing here knows what an
//! object is beyond its kind, its name and what it needs.

mod rank;
mod repair;
mod topo;

use crate::dumpable::{KeyPart, ObjectKind, Placement};
use crate::ids::{DumpId, Oid};

/// An object as the sort sees it. The node at index `i` has dump id `i + 1`.
#[derive(Clone, Debug)]
pub struct Node<'a> {
    /// What it is.
    pub kind: ObjectKind,
    /// The kind that it is sorted as, which differs from the first for a few.
    pub rank: ObjectKind,
    /// The schema it is in, if its kind has one.
    pub namespace: Option<&'a str>,
    /// The catalog name.
    pub name: &'a str,
    /// The rest of its natural key, compared after kind, schema and name.
    pub key: &'a [KeyPart],
    /// The last resort of the comparison.
    pub oid: Oid,
    /// What the repair of dependency loops must know about it.
    pub role: Role,
    /// The objects that must come before it.
    pub needs: Vec<DumpId>,
    /// How a loop through it was broken.
    pub placement: Placement,
}

/// The part an object can play in a dependency loop.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum Role {
    /// None that a repair rule knows.
    #[default]
    Plain,
    /// A type whose name is announced by the shell type with this dump id.
    Announced(DumpId),
    /// A view: it needs its ON SELECT rule, which may need anything.
    View,
    /// A materialized view.
    MaterializedView,
    /// The ON SELECT rule of the view or materialized view with this dump id.
    ViewRule(DumpId),
    /// A CHECK constraint printed within the table or domain with this dump id.
    InlineCheck(DumpId),
    /// A default printed within the table with this dump id.
    InlineDefault(DumpId),
}

/// A loop no rule could break; one dependency was dropped to go on.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct UnresolvedLoop(pub Vec<DumpId>);

/// Sorts `nodes`, breaking dependency loops, and returns their dump ids in
/// restore order together with the loops that no rule covers.
pub fn sort(nodes: &mut [Node<'_>]) -> (Vec<DumpId>, Vec<UnresolvedLoop>) {
    let ranked = rank::rank(nodes);
    let needs_of_host: Vec<usize> = nodes.iter_mut().map(Node::print_with_host).collect();
    let mut unresolved = Vec::new();
    loop {
        match topo::topological_order(nodes, &ranked) {
            Ok(order) => return (order, unresolved),
            Err(loops) => {
                for members in loops {
                    if !repair::repair(nodes, &needs_of_host, &members) {
                        unresolved.push(UnresolvedLoop(members));
                    }
                }
            }
        }
    }
}

impl Node<'_> {
    /// Takes out the needs of the host, and returns how many they were: a part
    /// that is printed with its host is needed by it.
    fn print_with_host(&mut self) -> usize {
        let (Role::ViewRule(host) | Role::InlineCheck(host) | Role::InlineDefault(host)) =
            self.role
        else {
            return 0;
        };
        let before = self.needs.len();
        self.needs_no_more(host);
        before - self.needs.len()
    }

    fn needs_no_more(&mut self, other: DumpId) {
        self.needs.retain(|&need| need != other);
    }
}

fn index(id: DumpId) -> usize {
    id.0 as usize - 1
}

fn dump_id(index: usize) -> DumpId {
    DumpId(u32::try_from(index + 1).expect("dump ids are u32, so there are no more nodes"))
}

#[cfg(test)]
mod tests;
