//! The order objects would have if nothing depended on anything.

use std::cmp::Ordering;

use super::{Node, dump_id, index};
use crate::ids::DumpId;

/// Dump ids by kind, schema, name and the rest of the natural key.
pub(super) fn rank(nodes: &[Node<'_>]) -> Vec<DumpId> {
    let mut ranked: Vec<DumpId> = (0..nodes.len()).map(dump_id).collect();
    ranked.sort_by(|&a, &b| compare(&nodes[index(a)], &nodes[index(b)]));
    ranked
}

fn compare(a: &Node<'_>, b: &Node<'_>) -> Ordering {
    a.rank
        .cmp(&b.rank)
        .then_with(|| compare_namespaces(a, b))
        .then_with(|| a.name.cmp(b.name))
        .then_with(|| a.kind.cmp(&b.kind))
        .then_with(|| a.key.cmp(b.key))
        .then_with(|| a.oid.cmp(&b.oid))
}

/// Objects without a schema come after those that have one.
fn compare_namespaces(a: &Node<'_>, b: &Node<'_>) -> Ordering {
    match (&a.namespace, &b.namespace) {
        (Some(a), Some(b)) => a.cmp(b),
        (Some(_), None) => Ordering::Less,
        (None, Some(_)) => Ordering::Greater,
        (None, None) => Ordering::Equal,
    }
}
