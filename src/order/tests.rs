use super::*;

fn node(kind: ObjectKind, name: &str) -> Node<'_> {
    Node {
        kind,
        rank: kind.rank(15),
        namespace: Some("public"),
        name,
        key: &[],
        oid: 0,
        role: Role::Plain,
        needs: Vec::new(),
        placement: Placement::Natural,
    }
}

/// `members` and, linked as a catalog links them, both boundaries: pre-data
/// needs the members with the dump ids in `before_data`.
fn with_boundaries<'a>(members: Vec<Node<'a>>, before_data: &[u32]) -> Vec<Node<'a>> {
    let mut nodes = members;
    let mut pre = node(ObjectKind::PreDataBoundary, "PRE-DATA BOUNDARY");
    pre.needs = before_data.iter().map(|id| DumpId(*id)).collect();
    nodes.push(pre);
    let mut post = node(ObjectKind::PostDataBoundary, "POST-DATA BOUNDARY");
    post.needs = vec![dump_id(nodes.len() - 1)];
    nodes.push(post);
    nodes
}

fn needing<'a>(mut node: Node<'a>, role: Role, needs: &[u32]) -> Node<'a> {
    node.role = role;
    node.needs = needs.iter().map(|id| DumpId(*id)).collect();
    node
}

fn numbers(order: &[DumpId]) -> Vec<u32> {
    order.iter().map(|id| id.0).collect()
}

fn names(nodes: &[Node<'_>], order: &[DumpId]) -> Vec<String> {
    order
        .iter()
        .map(|id| nodes[index(*id)].name.to_owned())
        .collect()
}

#[test]
fn independent_nodes_follow_kind_namespace_and_name() {
    let mut nodes = [
        node(ObjectKind::Index, "a"),
        node(ObjectKind::Relation, "c"),
        node(ObjectKind::Relation, "b"),
        node(ObjectKind::Namespace, "z"),
    ];
    nodes[2].namespace = Some("sales");
    let (order, unresolved) = sort(&mut nodes);
    assert_eq!(names(&nodes, &order), ["z", "c", "b", "a"]);
    assert!(unresolved.is_empty());
}

#[test]
fn access_methods_of_13_come_among_operators() {
    let sorted = |major| {
        let mut nodes = [
            node(ObjectKind::AccessMethod, "a"),
            node(ObjectKind::Operator, "="),
        ];
        nodes[0].namespace = None;
        for node in &mut nodes {
            node.rank = node.kind.rank(major);
        }
        let (order, _) = sort(&mut nodes);
        numbers(&order)
    };
    assert_eq!(sorted(13), [2, 1]);
    assert_eq!(sorted(14), [1, 2]);
}

#[test]
fn needed_node_moves_right_before_its_user() {
    let mut nodes = [
        node(ObjectKind::Function, "f"),
        node(ObjectKind::Relation, "a"),
        node(ObjectKind::Relation, "b"),
    ];
    nodes[0].needs.push(DumpId(3));
    let (order, _) = sort(&mut nodes);
    assert_eq!(names(&nodes, &order), ["b", "f", "a"]);
}

#[test]
fn view_in_a_loop_gets_a_dummy_and_its_rule_follows_in_post_data() {
    let members = vec![
        needing(node(ObjectKind::Relation, "v"), Role::View, &[2]),
        needing(
            node(ObjectKind::Rule, "_RETURN"),
            Role::ViewRule(DumpId(1)),
            &[3],
        ),
        needing(node(ObjectKind::Function, "f"), Role::Plain, &[1]),
    ];
    let mut nodes = with_boundaries(members, &[1, 3]);
    let (order, unresolved) = sort(&mut nodes);
    assert!(unresolved.is_empty());
    assert_eq!(nodes[0].placement, Placement::Dummy);
    assert_eq!(nodes[1].placement, Placement::Separate);
    assert_eq!(numbers(&order), [1, 3, 4, 5, 2]);
}

#[test]
fn default_in_a_loop_becomes_separate_and_stays_in_pre_data() {
    let members = vec![
        needing(node(ObjectKind::Relation, "t"), Role::Plain, &[2]),
        needing(
            node(ObjectKind::Attrdef, "t"),
            Role::InlineDefault(DumpId(1)),
            &[3],
        ),
        needing(node(ObjectKind::Function, "f"), Role::Plain, &[1]),
    ];
    let mut nodes = with_boundaries(members, &[1, 2, 3]);
    let (order, unresolved) = sort(&mut nodes);
    assert!(unresolved.is_empty());
    assert_eq!(nodes[1].placement, Placement::Separate);
    assert_eq!(numbers(&order), [1, 3, 2, 4, 5]);
}

/// The dependencies are listed with the entry, as often as `pg_dump` lists them. A
/// search for loops begins at the node with the lowest dump id.
#[test]
fn default_split_off_by_a_loop_from_elsewhere_keeps_its_needs_of_the_table() {
    let sequence = |table: &[u32]| needing(node(ObjectKind::Relation, "s"), Role::Plain, table);
    let table = || needing(node(ObjectKind::Relation, "t"), Role::Plain, &[3]);
    let default = |table: u32, sequence: u32| {
        let role = Role::InlineDefault(DumpId(table));
        needing(node(ObjectKind::Attrdef, "t"), role, &[sequence, table])
    };

    let mut nodes = with_boundaries(vec![sequence(&[2]), table(), default(2, 1)], &[1, 2, 3]);
    sort(&mut nodes);
    assert_eq!(nodes[2].needs, [DumpId(1), DumpId(2), DumpId(2)]);

    let mut nodes = with_boundaries(vec![table(), sequence(&[1]), default(1, 2)], &[1, 2, 3]);
    sort(&mut nodes);
    assert_eq!(nodes[2].needs, [DumpId(2), DumpId(1)]);
}

#[test]
fn check_in_a_loop_moves_to_post_data() {
    let members = vec![
        needing(node(ObjectKind::Relation, "t"), Role::Plain, &[2]),
        needing(
            node(ObjectKind::Constraint, "c"),
            Role::InlineCheck(DumpId(1)),
            &[3],
        ),
        needing(node(ObjectKind::Function, "f"), Role::Plain, &[1]),
    ];
    let mut nodes = with_boundaries(members, &[1, 3]);
    let (order, unresolved) = sort(&mut nodes);
    assert!(unresolved.is_empty());
    assert_eq!(numbers(&order), [1, 3, 4, 5, 2]);
}

#[test]
fn materialized_view_that_needs_post_data_is_postponed() {
    let members = vec![
        needing(
            node(ObjectKind::Relation, "m"),
            Role::MaterializedView,
            &[2],
        ),
        needing(node(ObjectKind::Constraint, "pk"), Role::Plain, &[4]),
    ];
    let mut nodes = with_boundaries(members, &[1]);
    let (order, unresolved) = sort(&mut nodes);
    assert!(unresolved.is_empty());
    assert_eq!(nodes[0].placement, Placement::Postponed);
    assert_eq!(numbers(&order), [3, 4, 2, 1]);
}

#[test]
fn function_that_makes_a_type_comes_between_its_shell_and_it() {
    let members = vec![
        needing(
            node(ObjectKind::Type, "t"),
            Role::Announced(DumpId(2)),
            &[3, 4],
        ),
        needing(node(ObjectKind::ShellType, "t"), Role::Plain, &[]),
        needing(node(ObjectKind::Function, "t_in"), Role::Plain, &[1]),
        needing(node(ObjectKind::Function, "t_out"), Role::Plain, &[1, 1]),
    ];
    let mut nodes = with_boundaries(members, &[1, 2, 3, 4]);
    let (order, unresolved) = sort(&mut nodes);
    assert!(unresolved.is_empty());
    assert_eq!(numbers(&order), [2, 3, 4, 1, 5, 6]);
    assert_eq!(nodes[3].needs, [DumpId(2)]);
}

#[test]
fn function_of_a_type_without_a_shell_comes_before_it() {
    let members = vec![
        needing(node(ObjectKind::Type, "t"), Role::Plain, &[2]),
        needing(node(ObjectKind::Function, "t_in"), Role::Plain, &[1]),
    ];
    let mut nodes = with_boundaries(members, &[1, 2]);
    let (order, unresolved) = sort(&mut nodes);
    assert!(unresolved.is_empty());
    assert_eq!(numbers(&order), [2, 1, 3, 4]);
}

#[test]
fn loop_no_rule_covers_is_reported_and_broken() {
    let mut nodes = [node(ObjectKind::Type, "a"), node(ObjectKind::Type, "b")];
    nodes[0].needs.push(DumpId(2));
    nodes[1].needs.push(DumpId(1));
    let (order, unresolved) = sort(&mut nodes);
    assert_eq!(order.len(), 2);
    assert_eq!(unresolved, [UnresolvedLoop(vec![DumpId(1), DumpId(2)])]);
}

#[test]
fn table_that_needs_itself_is_no_loop_to_report() {
    let mut nodes = [node(ObjectKind::Relation, "t")];
    nodes[0].needs.push(DumpId(1));
    let (order, unresolved) = sort(&mut nodes);
    assert_eq!(order, [DumpId(1)]);
    assert!(unresolved.is_empty());
}
