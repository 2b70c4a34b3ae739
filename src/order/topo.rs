//! Topological order that stays as close to a given order as it can.

use std::collections::{BinaryHeap, HashSet};

use super::{Node, dump_id, index};
use crate::ids::DumpId;

/// Orders all nodes so that each comes after what it needs, or returns
/// dependency loops, no two of which share a node.
///
/// Places are filled from the end: of the nodes that nothing unplaced needs,
/// the one ranked last goes into the last free place. Filling from the end is
/// what keeps an object right before the first one that needs it.
pub(super) fn topological_order(
    nodes: &[Node<'_>],
    ranked: &[DumpId],
) -> Result<Vec<DumpId>, Vec<Vec<DumpId>>> {
    let mut position = vec![0; nodes.len()];
    for (place, &id) in ranked.iter().enumerate() {
        position[index(id)] = place;
    }
    let mut needed_by = vec![0_usize; nodes.len()];
    for need in nodes.iter().flat_map(|node| &node.needs) {
        needed_by[index(*need)] += 1;
    }
    let mut free: BinaryHeap<usize> = (0..nodes.len())
        .filter(|&i| needed_by[i] == 0)
        .map(|i| position[i])
        .collect();
    let mut reversed = Vec::with_capacity(nodes.len());
    while let Some(place) = free.pop() {
        let id = ranked[place];
        reversed.push(id);
        for need in &nodes[index(id)].needs {
            let need = index(*need);
            needed_by[need] -= 1;
            if needed_by[need] == 0 {
                free.push(position[need]);
            }
        }
    }
    if reversed.len() == nodes.len() {
        reversed.reverse();
        return Ok(reversed);
    }
    let placed: HashSet<DumpId> = reversed.into_iter().collect();
    Err(loops(nodes, placed))
}

/// Finds loops among the nodes that are not `done`.
///
/// Searched by dump id, so by the order in which the catalogs list objects: an
/// object is usually older than those that need it, and where a loop can be
/// broken at several, the oldest is the better place.
fn loops(nodes: &[Node<'_>], mut done: HashSet<DumpId>) -> Vec<Vec<DumpId>> {
    exclude_what_needs_no_loop(nodes, &mut done);
    let mut found = Vec::new();
    for start in (0..nodes.len()).map(dump_id) {
        if done.contains(&start) {
            continue;
        }
        match loop_through(nodes, start, &done) {
            Some(members) => {
                done.extend(&members);
                found.push(members);
            }
            None => {
                done.insert(start);
            }
        }
    }
    found
}

/// Adds to `done` every node that can be placed before any loop, so that the
/// search for loops only walks loops and the paths between them.
fn exclude_what_needs_no_loop(nodes: &[Node<'_>], done: &mut HashSet<DumpId>) {
    let mut waiting = vec![0_usize; nodes.len()];
    let mut needed_by: Vec<Vec<usize>> = vec![Vec::new(); nodes.len()];
    let mut free = Vec::new();
    for (i, node) in nodes.iter().enumerate() {
        if done.contains(&dump_id(i)) {
            continue;
        }
        waiting[i] = node.needs.len();
        for need in &node.needs {
            needed_by[index(*need)].push(i);
        }
        if waiting[i] == 0 {
            free.push(i);
        }
    }
    while let Some(i) = free.pop() {
        done.insert(dump_id(i));
        for &user in &needed_by[i] {
            waiting[user] -= 1;
            if waiting[user] == 0 {
                free.push(user);
            }
        }
    }
}

/// A path of needs from `start` back to `start`, by depth-first search that
/// takes the way back as soon as there is one.
fn loop_through(nodes: &[Node<'_>], start: DumpId, done: &HashSet<DumpId>) -> Option<Vec<DumpId>> {
    let mut dead_ends: HashSet<DumpId> = HashSet::new();
    // The path so far, with how many needs of each member were followed.
    let mut path = vec![(start, 0)];
    while let Some((id, followed)) = path.last_mut() {
        let needs = &nodes[index(*id)].needs;
        if needs.contains(&start) {
            return Some(path.into_iter().map(|(id, _)| id).collect());
        }
        let Some(&need) = needs.get(*followed) else {
            dead_ends.insert(*id);
            path.pop();
            continue;
        };
        *followed += 1;
        let on_path = path.iter().any(|(id, _)| *id == need);
        if !on_path && !done.contains(&need) && !dead_ends.contains(&need) {
            path.push((need, 0));
        }
    }
    None
}
