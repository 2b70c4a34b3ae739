//! Reading the catalogs, in the order in which kinds need each other.

use std::collections::BTreeSet;

use super::catalog::Catalog;
use super::column::{self, ColumnAcls};
use super::comment::Comments;
use super::database::Database;
use super::large_object::{self, LargeObjects, Layout};
use super::object::{Body, Object};
use super::relation::{self, Relation};
use super::relkind::RelKind;
use super::security_label::SecurityLabels;
use super::selection::{Selection, SelectionPatterns};
use super::table_data::{self, DataScope};
use super::user_mapping::UserMappings;
use super::{
    access_method, aggregate, attrdef, cast, collation, constraint, conversion, default_acl,
    depend, event_trigger, extension, foreign_data_wrapper, foreign_key, foreign_server,
    foreign_table, function, index, inherit, language, namespace, operator, operator_class,
    operator_family, policy, publication, relation_statistics, rule, sequence, statistics,
    subscription, text_search, transform, trigger, types, view,
};
use crate::error::Result;
use crate::ids::Oid;
use crate::pg::Session;

impl Catalog {
    /// Finds out what there is and what is wanted of it. Takes no locks and reads
    /// nothing that would need them.
    ///
    /// The session's search path must still be the role's own: patterns are
    /// matched in it. It is emptied here, so that the server qualifies all names.
    ///
    /// # Errors
    ///
    /// Those of the queries, and [`NoMatch`](crate::ErrorKind::NoMatch) for a
    /// pattern without a match.
    pub async fn survey(
        session: &Session,
        patterns: &SelectionPatterns,
        target: Option<u32>,
    ) -> Result<Self> {
        let selection = Selection::resolve(session, patterns).await?;
        session
            .batch("SELECT pg_catalog.set_config('search_path', '', false)")
            .await?;
        let mut catalog = Self::open(session, selection, target).await?;
        if catalog.dialect.target() > catalog.dialect.major() {
            // The server does not know which of its names a newer one keeps for itself.
            session.batch("SET quote_all_identifiers = on").await?;
        }
        extension::load(session, &mut catalog).await?;
        namespace::load(session, &mut catalog).await?;
        relation::survey(session, &mut catalog).await?;
        inherit::load_parents(session, &mut catalog).await?;
        Ok(catalog)
    }

    /// The tables that must be locked before anything else is read of them,
    /// qualified and quoted.
    pub fn tables_to_lock(&self) -> Vec<String> {
        self.relations()
            .filter(|(object, relation)| {
                matches!(relation.kind, RelKind::Table | RelKind::Partitioned)
                    && (object.components.definition || object.components.data)
            })
            .map(|(object, _)| self.qualified(object))
            .collect()
    }

    /// Reads everything about what is wanted, after its tables are locked.
    ///
    /// # Errors
    ///
    /// Those of the queries.
    pub async fn detail(&mut self, session: &Session, scope: DataScope) -> Result<()> {
        self.comments = Comments::load(session).await?;
        self.security_labels = SecurityLabels::load(session).await?;
        self.column_acls = ColumnAcls::load(session).await?;
        extension::load_dependents(session, self).await?;
        self.load_columns(session).await?;
        function::load(session, self).await?;
        types::load(session, self).await?;
        aggregate::load(session, self).await?;
        self.load_standalone(session).await?;
        sequence::load(session, self).await?;
        if !scope.data_only {
            self.load_definitions(session).await?;
        }
        if !scope.schema_only {
            relation::load_sizes(session, self).await?;
        }
        table_data::add(session, self, scope).await?;
        inherit::await_rows_of_descendants(self);
        if !scope.schema_only {
            let sequences = sequence::with_values(self);
            sequence::load_values(session, self, &sequences).await?;
        }
        if scope.statistics {
            relation_statistics::load(session, self).await?;
        }
        Ok(())
    }

    /// The large objects of the database, if they are wanted: with the whole
    /// database and its data.
    ///
    /// # Errors
    ///
    /// Those of the query.
    pub async fn load_large_objects(
        &self,
        session: &Session,
        scope: DataScope,
    ) -> Result<Vec<LargeObjects>> {
        if scope.schema_only || !self.selection.includes_everything() {
            return Ok(Vec::new());
        }
        large_object::load(session, self).await
    }

    /// Takes in large objects and their contents.
    pub fn add_large_objects(&mut self, loaded: Vec<LargeObjects>, layout: Layout) {
        large_object::add(self, loaded, layout);
    }

    /// Links all objects, once none is added any more.
    ///
    /// # Errors
    ///
    /// Those of the query.
    pub async fn link(&mut self, session: &Session) -> Result<()> {
        depend::load(session, self).await?;
        depend::add_boundaries(self);
        Ok(())
    }

    /// Reads the database's own properties.
    ///
    /// # Errors
    ///
    /// Those of the queries.
    pub async fn database(session: &Session) -> Result<Database> {
        Database::load(session).await
    }

    async fn load_columns(&mut self, session: &Session) -> Result<()> {
        let oids = self.relations_with_columns();
        column::load(session, self, &oids).await?;
        attrdef::load(session, self, &oids).await?;
        column::settle_inheritance(self);
        attrdef::add_null_defaults(self);
        Ok(())
    }

    /// Columns are read of all that is wanted, of what it inherits from, and of
    /// extensions' configuration tables.
    fn relations_with_columns(&self) -> Vec<Oid> {
        let mut oids: BTreeSet<Oid> = BTreeSet::new();
        for (object, relation) in self.relations() {
            let wanted = object.components.definition || object.components.data;
            if wanted && relation.kind != RelKind::Sequence {
                oids.insert(relation.oid);
                let parents = relation.parents.iter();
                oids.extend(parents.filter_map(|id| Some(Relation::of(self.object(*id))?.oid)));
            }
        }
        oids.extend(self.wanted_configuration().map(|(_, it)| it.relation));
        oids.into_iter().collect()
    }

    /// What is no part of a table, and no type, function or aggregate.
    async fn load_standalone(&mut self, session: &Session) -> Result<()> {
        operator::load(session, self).await?;
        access_method::load(session, self).await?;
        operator_class::load(session, self).await?;
        operator_family::load(session, self).await?;
        cast::load(session, self).await?;
        transform::load(session, self).await?;
        language::load(session, self).await?;
        collation::load(session, self).await?;
        conversion::load(session, self).await?;
        text_search::load(session, self).await?;
        foreign_data_wrapper::load(session, self).await?;
        foreign_server::load(session, self).await?;
        self.user_mappings = UserMappings::load(session).await?;
        event_trigger::load(session, self).await
    }

    async fn load_definitions(&mut self, session: &Session) -> Result<()> {
        let defined = self.relation_oids(|object, _| object.components.definition);
        let views = self.relation_oids(|object, relation| {
            object.components.definition
                && matches!(relation.kind, RelKind::View | RelKind::MaterializedView)
        });
        inherit::load_partitions(session, self, &defined).await?;
        foreign_table::load(session, self).await?;
        view::load(session, self, &views).await?;
        rule::load(session, self).await?;
        constraint::load(session, self).await?;
        index::load(session, self).await?;
        foreign_key::load(session, self).await?;
        statistics::load(session, self).await?;
        trigger::load(session, self).await?;
        policy::load(session, self).await?;
        publication::load(session, self).await?;
        subscription::load(session, self).await?;
        default_acl::load(session, self).await
    }
}

impl Object {
    /// Writes the entries of the object into `toc`.
    ///
    /// # Errors
    ///
    /// [`Internal`](crate::ErrorKind::Internal) if the catalogs contradict themselves.
    pub fn write(&self, catalog: &Catalog, toc: &mut super::Toc) -> Result<()> {
        match &self.body {
            Body::Boundary | Body::CompanionType | Body::CompositeRelation(_) => {}
            Body::Namespace(namespace) => namespace.write(self, catalog, toc)?,
            Body::Standalone(standalone) => standalone.write(self, catalog, toc)?,
            Body::ForeignServer(server) => server.write(self, catalog, toc)?,
            Body::Extension(extension) => extension.write(self, catalog, toc),
            Body::Relation(relation) => relation.write(self, catalog, toc)?,
            Body::TableAttach(attach) => attach.write(self, catalog, toc),
            Body::Attrdef(attrdef) => attrdef.write(self, catalog, toc)?,
            Body::TableData(data) => data.write(self, catalog, toc),
            Body::RefreshMaterializedView(refresh) => refresh.write(self, catalog, toc),
            Body::SequenceSet(set) => set.write(self, catalog, toc),
            Body::LargeObjects(objects) => objects.write(self, catalog, toc)?,
            Body::RelationStatistics(statistics) => statistics.write(self, catalog, toc),
            Body::LargeObjectData(data) => data.write(self, catalog, toc),
            Body::Type(kind) => kind.write(self, catalog, toc)?,
            Body::ShellType(shell) => shell.write(self, catalog, toc),
            Body::DomainConstraint(constraint) => constraint.write(self, catalog, toc),
            Body::Cast(cast) => cast.write(self, catalog, toc),
            Body::Transform(transform) => transform.write(self, catalog, toc),
            Body::Function(function) => function.write(self, catalog, toc)?,
            Body::Aggregate(aggregate) => aggregate.write(self, catalog, toc)?,
            Body::AccessMethod(method) => method.write(self, catalog, toc),
            Body::Operator(operator) => operator.write(self, catalog, toc),
            Body::OperatorClass(class) => class.write(self, catalog, toc),
            Body::OperatorFamily(family) => family.write(self, catalog, toc),
            Body::DefaultAcl(acl) => acl.write(self, catalog, toc)?,
            Body::Check(check) => check.write(self, catalog, toc)?,
            Body::KeyConstraint(key) => key.write(self, catalog, toc)?,
            Body::ForeignKey(key) => key.write(self, catalog, toc)?,
            Body::Index(index) => index.write(self, catalog, toc)?,
            Body::ConstraintIndex(index) => index.write(self, catalog, toc)?,
            Body::IndexAttach(attach) => attach.write(self, catalog, toc)?,
            Body::ExtendedStatistics(statistics) => statistics.write(self, catalog, toc)?,
            Body::Rule(rule) => rule.write(self, catalog, toc)?,
            Body::Trigger(trigger) => trigger.write(self, catalog, toc)?,
            Body::RowSecurity(security) => security.write(self, catalog, toc)?,
            Body::Policy(policy) => policy.write(self, catalog, toc)?,
            Body::Publication(publication) => publication.write(self, catalog, toc),
            Body::PublicationTable(table) => table.write(self, catalog, toc),
            Body::PublicationNamespace(schema) => schema.write(self, catalog, toc),
            Body::Subscription(subscription) => subscription.write(self, catalog, toc),
        }
        Ok(())
    }
}
