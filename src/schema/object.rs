//! A dumpable object: what every kind has, and the kind's own part.

use std::sync::Arc;

use super::access_method::AccessMethod;
use super::aggregate::Aggregate;
use super::attrdef::Attrdef;
use super::cast::Cast;
use super::constraint::Check;
use super::default_acl::DefaultAcl;
use super::extension::Extension;
use super::foreign_key::ForeignKey;
use super::foreign_server::ForeignServer;
use super::function::Function;
use super::index::{ConstraintIndex, Index};
use super::index_attach::IndexAttach;
use super::inherit::TableAttach;
use super::key_constraint::KeyConstraint;
use super::large_object::{LargeObjectData, LargeObjects};
use super::namespace::Namespace;
use super::operator::Operator;
use super::operator_class::OperatorClass;
use super::operator_family::OperatorFamily;
use super::policy::{Policy, RowSecurity};
use super::publication::Publication;
use super::publication_member::{PublicationNamespace, PublicationTable};
use super::relation::Relation;
use super::relation_statistics::RelationStatistics;
use super::rule::Rule;
use super::sequence::SequenceSet;
use super::standalone::Standalone;
use super::statistics::ExtendedStatistics;
use super::subscription::Subscription;
use super::table_data::{RefreshMaterializedView, TableData};
use super::transform::Transform;
use super::trigger::Trigger;
use super::types::{CompositeRelation, DomainConstraint, ShellType, Type};
use crate::archive::{Section, TocEntry};
use crate::dumpable::{KeyPart, ObjectKind, Placement};
use crate::ids::{CatalogId, DumpId};

/// An object of the database that an archive may hold.
#[derive(Debug)]
pub struct Object {
    /// Its number; dependencies and entries use it.
    pub id: DumpId,
    /// The catalog row it comes from.
    pub catalog_id: CatalogId,
    /// Its kind, which also says where it sorts.
    pub kind: ObjectKind,
    /// The schema it is in, if its kind has one.
    pub namespace: Option<Arc<str>>,
    /// Its name in the catalog.
    pub name: String,
    /// What sorts it after kind, schema and name.
    pub key: Vec<KeyPart>,
    /// Which parts of it go into the archive.
    pub components: Components,
    /// The objects that must be restored before it.
    pub needs: Vec<DumpId>,
    /// Where it is printed; decided by the sort.
    pub placement: Placement,
    /// What only its kind has.
    pub body: Body,
}

impl Object {
    /// An object as its catalog row has it: no number yet, nothing of it
    /// wanted, no schema, no dependencies.
    pub(crate) fn new(
        catalog_id: CatalogId,
        kind: ObjectKind,
        name: impl Into<String>,
        body: Body,
    ) -> Self {
        Self {
            id: DumpId(0),
            catalog_id,
            kind,
            namespace: None,
            name: name.into(),
            key: Vec::new(),
            components: Components::NONE,
            needs: Vec::new(),
            placement: Placement::Natural,
            body,
        }
    }

    /// The entry that makes the object: with its name, schema and catalog row.
    pub(crate) fn entry(&self, desc: &'static str, section: Section) -> TocEntry {
        let mut entry = TocEntry::new(self.id, desc, self.name.as_str(), section);
        entry.catalog_id = self.catalog_id;
        entry.namespace = self.namespace.as_deref().map(str::to_owned);
        entry
    }
}

/// The parts of an object that are wanted in the archive.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Components {
    /// The statements that make it.
    pub definition: bool,
    /// Its rows, value or contents.
    pub data: bool,
    /// Its comments.
    pub comment: bool,
    /// Its privileges.
    pub acl: bool,
}

impl Components {
    /// Nothing.
    pub const NONE: Self = Self {
        definition: false,
        data: false,
        comment: false,
        acl: false,
    };
    /// Everything.
    pub const ALL: Self = Self {
        definition: true,
        data: true,
        comment: true,
        acl: true,
    };
    /// Privileges alone, as of extension members and system objects.
    pub const ACL: Self = Self {
        acl: true,
        ..Self::NONE
    };

    /// The parts that are in either.
    pub(crate) fn union(self, other: Self) -> Self {
        Self {
            definition: self.definition || other.definition,
            data: self.data || other.data,
            comment: self.comment || other.comment,
            acl: self.acl || other.acl,
        }
    }

    /// Whether any part is wanted.
    pub fn any(self) -> bool {
        self != Self::NONE
    }
}

/// What only one kind of object has. There may be hundreds of thousands of objects, most of
/// them small: what is large is boxed.
#[derive(Debug)]
pub enum Body {
    /// A point between sections.
    Boundary,
    /// A schema.
    Namespace(Box<Namespace>),
    /// An object that one statement makes: a language, a collation, an event trigger …
    Standalone(Box<Standalone>),
    /// An extension.
    Extension(Extension),
    /// A data type.
    Type(Box<Type>),
    /// A base or range type announced by its name.
    ShellType(ShellType),
    /// A type that another object brings along.
    CompanionType,
    /// The columns of a composite type.
    CompositeRelation(CompositeRelation),
    /// A cast.
    Cast(Box<Cast>),
    /// A transform.
    Transform(Box<Transform>),
    /// A function or procedure.
    Function(Box<Function>),
    /// An aggregate.
    Aggregate(Box<Aggregate>),
    /// An access method.
    AccessMethod(AccessMethod),
    /// An operator.
    Operator(Box<Operator>),
    /// An operator class.
    OperatorClass(Box<OperatorClass>),
    /// An operator family.
    OperatorFamily(Box<OperatorFamily>),
    /// A foreign server, with its user mappings.
    ForeignServer(ForeignServer),
    /// A table, view, materialized view or sequence.
    Relation(Box<Relation>),
    /// A partition's place in its partitioned table.
    TableAttach(TableAttach),
    /// A column default.
    Attrdef(Attrdef),
    /// A large object, or several alike.
    LargeObjects(Box<LargeObjects>),
    /// The rows of a table.
    TableData(TableData),
    /// The value of a sequence.
    SequenceSet(SequenceSet),
    /// The planner's statistics of a relation.
    RelationStatistics(RelationStatistics),
    /// The contents of large objects.
    LargeObjectData(LargeObjectData),
    /// The refresh of a materialized view.
    RefreshMaterializedView(RefreshMaterializedView),
    /// A constraint of a domain.
    DomainConstraint(DomainConstraint),
    /// A CHECK constraint, or a NOT NULL constraint that is not valid yet, of a table.
    Check(Check),
    /// A primary key, unique or exclusion constraint with its index.
    KeyConstraint(Box<KeyConstraint>),
    /// A foreign key.
    ForeignKey(ForeignKey),
    /// An index.
    Index(Box<Index>),
    /// The index of a constraint, which prints it.
    ConstraintIndex(ConstraintIndex),
    /// An index's place in the index of the partitioned table.
    IndexAttach(IndexAttach),
    /// A statistics object.
    ExtendedStatistics(ExtendedStatistics),
    /// A rewrite rule.
    Rule(Rule),
    /// A trigger.
    Trigger(Trigger),
    /// Row security being on.
    RowSecurity(RowSecurity),
    /// A row security policy.
    Policy(Box<Policy>),
    /// A publication.
    Publication(Publication),
    /// A table in a publication.
    PublicationTable(Box<PublicationTable>),
    /// All tables of a schema in a publication.
    PublicationNamespace(PublicationNamespace),
    /// A subscription.
    Subscription(Box<Subscription>),
    /// A set of default privileges.
    DefaultAcl(Box<DefaultAcl>),
}
