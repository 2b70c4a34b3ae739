//! Breaking dependency loops.
//!
//! Loops arise where an object is printed as one statement although its parts
//! depend on others: a view and the functions that take its row type, a table
//! and a function in a default. Breaking one means printing a part later.

use super::{Node, Role, index};
use crate::dumpable::{ObjectKind, Placement};
use crate::ids::DumpId;

/// Breaks one loop. Each member needs the next, the last needs the first.
/// Returns false if no rule applied and a dependency was dropped arbitrarily.
///
/// The rules are tried in `pg_dump`'s order (`repairDependencyLoop`).
/// `needs_of_host` has the needs of its host that [`Node::print_with_host`] took from each node.
pub(super) fn repair(nodes: &mut [Node<'_>], needs_of_host: &[usize], members: &[DumpId]) -> bool {
    if let [only] = members {
        nodes[index(*only)].needs_no_more(*only);
        // A partition's columns depend on the whole table: nothing is lost.
        return nodes[index(*only)].kind == ObjectKind::Relation;
    }
    announce_type(nodes, members)
        || split_view(nodes, needs_of_host, members)
        || postpone(nodes, members)
        || split_part(nodes, needs_of_host, members, |role, kind| {
            matches!(role, Role::InlineCheck(_)) && kind == ObjectKind::Relation
        })
        || split_part(nodes, needs_of_host, members, |role, _| {
            matches!(role, Role::InlineDefault(_))
        })
        || split_part(nodes, needs_of_host, members, |role, _| {
            matches!(role, Role::InlineCheck(_))
        })
        || {
            let next = members[1];
            nodes[index(members[0])].needs_no_more(next);
            false
        }
}

/// A function that a type is made with comes before the type, and after its
/// shell: to such a function, the type's name is enough.
fn announce_type(nodes: &mut [Node<'_>], members: &[DumpId]) -> bool {
    let kind = |id: DumpId| nodes[index(id)].kind;
    let (function, data_type) = match *members {
        [a, b] if (kind(a), kind(b)) == (ObjectKind::Function, ObjectKind::Type) => (a, b),
        [a, b] if (kind(a), kind(b)) == (ObjectKind::Type, ObjectKind::Function) => (b, a),
        _ => return false,
    };
    nodes[index(function)].needs_no_more(data_type);
    if let Role::Announced(shell) = nodes[index(data_type)].role {
        nodes[index(function)].needs.push(shell);
    }
    true
}

/// A view whose rule is in the loop gets a dummy definition; the rule follows in post-data.
fn split_view(nodes: &mut [Node<'_>], needs_of_host: &[usize], members: &[DumpId]) -> bool {
    let rule = members.iter().copied().find_map(|id| {
        let Role::ViewRule(view) = nodes[index(id)].role else {
            return None;
        };
        let is_view = nodes[index(view)].role == Role::View;
        (is_view && members.contains(&view)).then_some((view, id))
    });
    let Some((view, rule)) = rule else {
        return false;
    };
    nodes[index(view)].placement = Placement::Dummy;
    separate(nodes, view, rule, kept(needs_of_host, members, view, rule));
    require_post_data(nodes, rule);
    true
}

/// A materialized view or function that needs something of post-data moves there.
fn postpone(nodes: &mut [Node<'_>], members: &[DumpId]) -> bool {
    let postponable = members.iter().any(|&id| {
        let node = &nodes[index(id)];
        node.role == Role::MaterializedView || node.kind == ObjectKind::Function
    });
    let boundary = members
        .iter()
        .position(|&id| nodes[index(id)].kind == ObjectKind::PreDataBoundary);
    let (true, Some(at)) = (postponable, boundary) else {
        return false;
    };
    let next = members[(at + 1) % members.len()];
    nodes[index(members[at])].needs_no_more(next);
    let node = &mut nodes[index(next)];
    if node.role == Role::MaterializedView || node.kind == ObjectKind::Function {
        node.placement = Placement::Postponed;
    }
    true
}

/// A constraint or default printed inline becomes an entry of its own.
fn split_part(
    nodes: &mut [Node<'_>],
    needs_of_host: &[usize],
    members: &[DumpId],
    applies: impl Fn(Role, ObjectKind) -> bool,
) -> bool {
    let part = members.iter().copied().find_map(|id| {
        let role = nodes[index(id)].role;
        let (Role::InlineCheck(host) | Role::InlineDefault(host)) = role else {
            return None;
        };
        let applies = applies(role, nodes[index(host)].kind);
        (applies && members.contains(&host)).then_some((host, id))
    });
    let Some((host, part)) = part else {
        return false;
    };
    separate(nodes, host, part, kept(needs_of_host, members, host, part));
    // A default may follow its table at once; constraints belong to post-data.
    if matches!(nodes[index(part)].role, Role::InlineCheck(_)) {
        require_post_data(nodes, part);
    }
    true
}

/// How many of its own needs of `host` a part still has when it is split off in
/// `pg_dump`. It takes them only when it comes upon host and part as a loop of two, which a
/// search from another member does not before the longer loop is broken. They change
/// nothing, but are listed with the entry.
fn kept(needs_of_host: &[usize], members: &[DumpId], host: DumpId, part: DumpId) -> usize {
    if members[0] == host {
        0
    } else {
        needs_of_host[index(part)]
    }
}

/// Turns "`host` is printed with `part`" into "`part` is printed after `host`",
/// which it then needs `kept` times and once more.
fn separate(nodes: &mut [Node<'_>], host: DumpId, part: DumpId, kept: usize) {
    nodes[index(host)].needs_no_more(part);
    nodes[index(part)].needs.extend(vec![host; kept + 1]);
    nodes[index(part)].placement = Placement::Separate;
}

fn require_post_data(nodes: &mut [Node<'_>], id: DumpId) {
    let boundary = nodes
        .iter()
        .position(|node| node.kind == ObjectKind::PostDataBoundary)
        .map(super::dump_id);
    nodes[index(id)].needs.extend(boundary);
}
