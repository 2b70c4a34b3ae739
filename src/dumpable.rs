//! What dumpable objects have in common: a kind, a natural key, a place in the archive.

/// A kind of object that an archive can hold, or a boundary between sections.
///
/// Kinds are declared in the order in which `pg_dump` restores them when no
/// dependency says otherwise (`pg_dump_sort.c`, `dbObjectTypePriorities`).
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum ObjectKind {
    /// A schema.
    Namespace,
    /// A procedural language.
    Language,
    /// A collation.
    Collation,
    /// A transform between a data type and a language.
    Transform,
    /// An extension.
    Extension,
    /// A data type.
    Type,
    /// A base or range type as far as its own functions must know it: its name.
    ShellType,
    /// A cast.
    Cast,
    /// A function or procedure.
    Function,
    /// An aggregate.
    Aggregate,
    /// An access method of tables or indexes.
    AccessMethod,
    /// An operator.
    Operator,
    /// An operator class.
    OperatorClass,
    /// An operator family.
    OperatorFamily,
    /// A conversion between encodings.
    Conversion,
    /// A text search parser.
    TextSearchParser,
    /// A text search template.
    TextSearchTemplate,
    /// A text search dictionary.
    TextSearchDictionary,
    /// A text search configuration.
    TextSearchConfiguration,
    /// A foreign-data wrapper.
    ForeignDataWrapper,
    /// A foreign server.
    ForeignServer,
    /// A table, view, materialized view, foreign table or sequence.
    Relation,
    /// A partition's place in its partitioned table.
    TableAttach,
    /// A type that comes with another object: an array or multirange type, a
    /// table's row type.
    CompanionType,
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
    /// The planner's statistics of a relation.
    RelationStatistics,
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
    /// A publication.
    Publication,
    /// A table in a publication.
    PublicationTable,
    /// All tables of a schema in a publication.
    PublicationNamespace,
    /// A subscription.
    Subscription,
    /// A set of default privileges.
    DefaultAcl,
    /// An event trigger.
    EventTrigger,
    /// The refresh of a materialized view.
    RefreshMaterializedView,
}

impl ObjectKind {
    /// The kind in PostgreSQL's words, for messages.
    pub fn noun(self) -> &'static str {
        match self {
            Self::Namespace => "schema",
            Self::Language => "language",
            Self::Collation => "collation",
            Self::Transform => "transform",
            Self::Extension => "extension",
            Self::Type | Self::CompanionType => "type",
            Self::ShellType => "shell type",
            Self::Cast => "cast",
            Self::Function => "function",
            Self::Aggregate => "aggregate",
            Self::AccessMethod => "access method",
            Self::Operator => "operator",
            Self::OperatorClass => "operator class",
            Self::OperatorFamily => "operator family",
            Self::Conversion => "conversion",
            Self::TextSearchParser => "text search parser",
            Self::TextSearchTemplate => "text search template",
            Self::TextSearchDictionary => "text search dictionary",
            Self::TextSearchConfiguration => "text search configuration",
            Self::ForeignDataWrapper => "foreign-data wrapper",
            Self::ForeignServer => "foreign server",
            Self::Relation => "relation",
            Self::TableAttach => "partition",
            Self::Attrdef => "column default",
            Self::LargeObject | Self::LargeObjectGroup => "large object",
            Self::PreDataBoundary | Self::PostDataBoundary => "section boundary",
            Self::TableData => "table data",
            Self::SequenceSet => "sequence value",
            Self::LargeObjectData => "large object data",
            Self::RelationStatistics => "statistics data",
            Self::Constraint => "constraint",
            Self::Index => "index",
            Self::IndexAttach => "index partition",
            Self::ExtendedStatistics => "statistics object",
            Self::Rule => "rule",
            Self::Trigger => "trigger",
            Self::ForeignKey => "foreign key",
            Self::Policy => "policy",
            Self::Publication => "publication",
            Self::PublicationTable => "publication table",
            Self::PublicationNamespace => "publication schema",
            Self::Subscription => "subscription",
            Self::DefaultAcl => "default privileges",
            Self::EventTrigger => "event trigger",
            Self::RefreshMaterializedView => "materialized view data",
        }
    }

    /// What compares kinds before schemas and names do. Types and their shells
    /// are one kind there, operator classes and families another, and on servers
    /// before 14 access methods and operators a third.
    pub(crate) fn rank(self, server_major: u32) -> Self {
        match self {
            Self::ShellType => Self::Type,
            Self::OperatorFamily => Self::OperatorClass,
            Self::AccessMethod if server_major < 14 => Self::Operator,
            other => other,
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
