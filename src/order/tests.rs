use super::*;

fn node(kind: ObjectKind, name: &str) -> Node {
    Node {
        kind,
        namespace: Some("public".into()),
        name: name.to_owned(),
        key: Vec::new(),
        oid: 0,
        role: Role::Plain,
        needs: Vec::new(),
        placement: Placement::Natural,
    }
}

/// Links both boundaries as a catalog does: pre-data, then data, then post-data.
fn boundaries() -> [Node; 2] {
    [
        node(ObjectKind::PreDataBoundary, "PRE-DATA BOUNDARY"),
        node(ObjectKind::PostDataBoundary, "POST-DATA BOUNDARY"),
    ]
}

fn names(nodes: &[Node], order: &[DumpId]) -> Vec<String> {
    order
        .iter()
        .map(|id| nodes[index(*id)].name.clone())
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
    nodes[2].namespace = Some("sales".into());
    let (order, unresolved) = sort(&mut nodes);
    assert_eq!(names(&nodes, &order), ["z", "c", "b", "a"]);
    assert!(unresolved.is_empty());
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
    let [pre, post] = boundaries();
    let mut nodes = [
        node(ObjectKind::Relation, "v"),
        node(ObjectKind::Rule, "_RETURN"),
        node(ObjectKind::Function, "f"),
        pre,
        post,
    ];
    nodes[0].role = Role::View;
    nodes[1].role = Role::ViewRule(DumpId(1));
    nodes[0].needs = vec![DumpId(2)];
    nodes[1].needs = vec![DumpId(3)];
    nodes[2].needs = vec![DumpId(1)];
    nodes[3].needs = vec![DumpId(1), DumpId(3)];
    nodes[4].needs = vec![DumpId(4)];
    let (order, unresolved) = sort(&mut nodes);
    assert!(unresolved.is_empty());
    assert_eq!(nodes[0].placement, Placement::Dummy);
    assert_eq!(nodes[1].placement, Placement::Separate);
    assert_eq!(
        names(&nodes, &order),
        [
            "v",
            "f",
            "PRE-DATA BOUNDARY",
            "POST-DATA BOUNDARY",
            "_RETURN"
        ]
    );
}

#[test]
fn default_in_a_loop_becomes_separate_and_stays_in_pre_data() {
    let [pre, post] = boundaries();
    let mut nodes = [
        node(ObjectKind::Relation, "t"),
        node(ObjectKind::Attrdef, "t"),
        node(ObjectKind::Function, "f"),
        pre,
        post,
    ];
    nodes[1].role = Role::InlineDefault(DumpId(1));
    nodes[0].needs = vec![DumpId(2)];
    nodes[1].needs = vec![DumpId(3)];
    nodes[2].needs = vec![DumpId(1)];
    nodes[3].needs = vec![DumpId(1), DumpId(2), DumpId(3)];
    nodes[4].needs = vec![DumpId(4)];
    let (order, unresolved) = sort(&mut nodes);
    assert!(unresolved.is_empty());
    assert_eq!(nodes[1].placement, Placement::Separate);
    let order: Vec<u32> = order.iter().map(|id| id.0).collect();
    assert_eq!(order, [1, 3, 2, 4, 5]);
}

#[test]
fn check_in_a_loop_moves_to_post_data() {
    let [pre, post] = boundaries();
    let mut nodes = [
        node(ObjectKind::Relation, "t"),
        node(ObjectKind::Constraint, "c"),
        node(ObjectKind::Function, "f"),
        pre,
        post,
    ];
    nodes[1].role = Role::InlineCheck(DumpId(1));
    nodes[0].needs = vec![DumpId(2)];
    nodes[1].needs = vec![DumpId(3)];
    nodes[2].needs = vec![DumpId(1)];
    nodes[3].needs = vec![DumpId(1), DumpId(3)];
    nodes[4].needs = vec![DumpId(4)];
    let (order, unresolved) = sort(&mut nodes);
    assert!(unresolved.is_empty());
    let order: Vec<u32> = order.iter().map(|id| id.0).collect();
    assert_eq!(order, [1, 3, 4, 5, 2]);
}

#[test]
fn materialized_view_that_needs_post_data_is_postponed() {
    let [pre, post] = boundaries();
    let mut nodes = [
        node(ObjectKind::Relation, "m"),
        node(ObjectKind::Constraint, "pk"),
        pre,
        post,
    ];
    nodes[0].role = Role::MaterializedView;
    nodes[0].needs = vec![DumpId(2)];
    nodes[1].needs = vec![DumpId(4)];
    nodes[2].needs = vec![DumpId(1)];
    nodes[3].needs = vec![DumpId(3)];
    let (order, unresolved) = sort(&mut nodes);
    assert!(unresolved.is_empty());
    assert_eq!(nodes[0].placement, Placement::Postponed);
    let order: Vec<u32> = order.iter().map(|id| id.0).collect();
    assert_eq!(order, [3, 4, 2, 1]);
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
