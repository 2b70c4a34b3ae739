//! What dumpable objects have in common: a kind, a natural key, a place in the archive.

/// A kind of object that an archive can hold, or a boundary between sections.
///
/// Kinds are declared in the order in which `pg_dump` restores them when no
/// dependency says otherwise (`pg_dump_sort.c`, `dbObjectTypePriorities`), so
/// `Ord` compares by it.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum ObjectKind {
    /// A schema.
    Namespace,
    /// An extension.
    Extension,
    /// A data type: enum, domain, composite or range.
    Type,
    /// A function or procedure.
    Function,
    /// An aggregate.
    Aggregate,
    /// A table, view, materialized view or sequence.
    Relation,
    /// A partition's place in its partitioned table.
    TableAttach,
    /// A column default.
    Attrdef,
    /// A large object, in archives that list each by itself (servers before 17).
    LargeObject,
    /// The end of pre-data.
    PreDataBoundary,
    /// The rows of a table.
    TableData,
    /// The value of a sequence.
    SequenceSet,
    /// Large objects with equal owner and ACL (servers from 17).
    LargeObjectGroup,
    /// The contents of large objects.
    LargeObjectData,
    /// The start of post-data.
    PostDataBoundary,
    /// A table or domain constraint other than a foreign key.
    Constraint,
    /// An index.
    Index,
    /// A partition's index's place in the index of its partitioned table.
    IndexAttach,
    /// An extended statistics object.
    ExtendedStatistics,
    /// A rewrite rule.
    Rule,
    /// A trigger.
    Trigger,
    /// A foreign key.
    ForeignKey,
    /// A row security policy, or row security being on.
    Policy,
    /// A set of default privileges.
    DefaultAcl,
    /// The refresh of a materialized view.
    RefreshMaterializedView,
}

impl ObjectKind {
    /// The kind in PostgreSQL's words, for messages.
    pub fn noun(self) -> &'static str {
        match self {
            Self::Namespace => "schema",
            Self::Extension => "extension",
            Self::Type => "type",
            Self::Function => "function",
            Self::Aggregate => "aggregate",
            Self::Relation => "relation",
            Self::TableAttach => "partition",
            Self::Attrdef => "column default",
            Self::LargeObject | Self::LargeObjectGroup => "large object",
            Self::PreDataBoundary | Self::PostDataBoundary => "section boundary",
            Self::TableData => "table data",
            Self::SequenceSet => "sequence value",
            Self::LargeObjectData => "large object data",
            Self::Constraint => "constraint",
            Self::Index => "index",
            Self::IndexAttach => "index partition",
            Self::ExtendedStatistics => "statistics object",
            Self::Rule => "rule",
            Self::Trigger => "trigger",
            Self::ForeignKey => "foreign key",
            Self::Policy => "policy",
            Self::DefaultAcl => "default privileges",
            Self::RefreshMaterializedView => "materialized view data",
        }
    }
}

/// One more column of an object's natural key, after kind, schema and name.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub enum KeyPart {
    /// Compared as a number.
    Number(i64),
    /// Compared byte by byte.
    Text(String),
}

/// Where an object is printed once dependency loops are broken.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum Placement {
    /// Where it belongs.
    #[default]
    Natural,
    /// After the data, although it is a pre-data object.
    Postponed,
    /// An entry of its own instead of a part of its table, view or domain.
    Separate,
    /// A view printed with a dummy definition; its rule brings the real one.
    Dummy,
}
