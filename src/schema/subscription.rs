//! Subscriptions: `pg_subscription`.
//!
//! Their connection strings may hold passwords, so the catalog is closed to
//! ordinary roles: what those lose is found in [`super::unsupported`]. A restore
//! leaves subscriptions without a connection, since the source may still use theirs.

use std::sync::Arc;

use super::catalog::Catalog;
use super::entries::{Annotated, Toc};
use super::object::{Body, Object};
use crate::archive::Section;
use crate::dumpable::ObjectKind;
use crate::error::Result;
use crate::ids::{CatalogId, catalogs};
use crate::pg::{Row, Session};
use crate::secret::Secret;
use crate::sql::{Dialect, literal};

/// A subscription.
#[derive(Debug)]
pub struct Subscription {
    owner: Arc<str>,
    connection: Secret,
    publications: Vec<String>,
    slot: Option<String>,
    binary: bool,
    /// `on`, `off` or `parallel`; none if the default is not spelt out.
    streaming: Option<&'static str>,
    two_phase: bool,
    disable_on_error: bool,
    password_required: bool,
    run_as_owner: bool,
    failover: bool,
    synchronous_commit: String,
    origin: String,
}

/// Whether the session's role may read subscriptions.
const MAY_READ: &str = "
    SELECT pg_catalog.has_table_privilege('pg_catalog.pg_subscription', 'SELECT') AS allowed";

/// Loads the subscriptions of the database as far as the role may read them.
pub(crate) async fn load(session: &Session, catalog: &mut Catalog) -> Result<()> {
    let allowed: bool = session.one(MAY_READ, &[]).await?.get("allowed")?;
    if !catalog.selection.includes_subscriptions() || !allowed {
        return Ok(());
    }
    let shared: &Catalog = catalog;
    let objects = session
        .rows(&query(catalog.server.major()), &[], |row| {
            Subscription::object(row, shared)
        })
        .await?;
    for object in objects {
        catalog.add(object);
    }
    Ok(())
}

fn query(major: u32) -> String {
    let since = |release: u32, column: &'static str, before: &'static str| {
        if major >= release { column } else { before }
    };
    let streaming = match major {
        16.. => "s.substream::text",
        14 | 15 => "CASE WHEN s.substream THEN 't' ELSE 'f' END",
        _ => "'f'",
    };
    format!(
        "SELECT s.oid, s.subname::text AS name, s.subowner AS owner, s.subconninfo AS connection,
                s.subpublications AS publications, s.subslotname::text AS slot,
                s.subsynccommit AS synchronous_commit, {streaming} AS streaming,
                {binary} AS binary, {two_phase} AS two_phase, {disable_on_error} AS disable_on_error,
                {password_required} AS password_required, {run_as_owner} AS run_as_owner,
                {origin} AS origin, {failover} AS failover
         FROM pg_catalog.pg_subscription s
         JOIN pg_catalog.pg_database d ON d.oid = s.subdbid
         WHERE d.datname = pg_catalog.current_database()
         ORDER BY s.oid",
        binary = since(14, "s.subbinary", "false"),
        two_phase = since(15, "s.subtwophasestate <> 'd'", "false"),
        disable_on_error = since(15, "s.subdisableonerr", "false"),
        password_required = since(16, "s.subpasswordrequired", "true"),
        run_as_owner = since(16, "s.subrunasowner", "false"),
        origin = since(16, "s.suborigin", "'any'"),
        failover = since(17, "s.subfailover", "false"),
    )
}

/// `pg_subscription.substream` as the option says it. What is off goes without
/// saying until 18, which made `parallel` the default.
fn streaming(letter: &str, target: u32) -> Option<&'static str> {
    match letter {
        "t" => Some("on"),
        "p" => Some("parallel"),
        _ => (target >= 18).then_some("off"),
    }
}

impl Subscription {
    fn object(row: &Row, catalog: &Catalog) -> Result<Object> {
        let id = CatalogId::new(catalogs::SUBSCRIPTION, row.get("oid")?);
        let body = Body::Subscription(Box::new(Self {
            owner: catalog.roles.name(row.get("owner")?),
            connection: Secret::new(row.get::<String>("connection")?),
            publications: row.get("publications")?,
            slot: row.get("slot")?,
            binary: row.get("binary")?,
            streaming: streaming(row.get("streaming")?, catalog.dialect.target()),
            two_phase: row.get("two_phase")?,
            disable_on_error: row.get("disable_on_error")?,
            password_required: row.get("password_required")?,
            run_as_owner: row.get("run_as_owner")?,
            failover: row.get("failover")?,
            synchronous_commit: row.get("synchronous_commit")?,
            origin: row.get("origin")?,
        }));
        let name: String = row.get("name")?;
        let mut object = Object::new(id, ObjectKind::Subscription, name, body);
        object.components = catalog.components(id, None);
        Ok(object)
    }

    pub(crate) fn write(&self, object: &Object, catalog: &Catalog, toc: &mut Toc) {
        let name = catalog.dialect.ident(&object.name);
        if object.components.definition {
            let mut entry = object.entry("SUBSCRIPTION", Section::PostData);
            entry.defn = Some(self.create(&name, &catalog.dialect));
            entry.drop_stmt = Some(format!("DROP SUBSCRIPTION {name};\n"));
            entry.owner = Some(self.owner.to_string());
            toc.define(object, entry);
        }
        let on = Annotated {
            object: object.id,
            keyword: "SUBSCRIPTION",
            sql_name: &name,
            tag_name: &name,
            namespace: None,
            owner: Some(&self.owner),
        };
        toc.annotate(catalog, object, &on);
    }

    fn create(&self, name: &str, dialect: &Dialect) -> String {
        let publications = self.publications.iter().map(|name| dialect.ident(name));
        format!(
            "CREATE SUBSCRIPTION {name} CONNECTION {} PUBLICATION {} WITH ({});\n",
            literal(self.connection.reveal()),
            publications.collect::<Vec<_>>().join(", "),
            self.options(dialect).join(", ")
        )
    }

    fn options(&self, dialect: &Dialect) -> Vec<String> {
        let slot = self.slot.as_deref().map_or("NONE".to_owned(), literal);
        let mut options = vec!["connect = false".to_owned(), format!("slot_name = {slot}")];
        let mut add = |differs: bool, option: &str| {
            if differs {
                options.push(option.to_owned());
            }
        };
        add(self.binary, "binary = true");
        if let Some(streaming) = self.streaming {
            add(true, &format!("streaming = {streaming}"));
        }
        add(self.two_phase, "two_phase = on");
        add(self.disable_on_error, "disable_on_error = true");
        add(!self.password_required, "password_required = false");
        add(self.run_as_owner, "run_as_owner = true");
        add(self.failover, "failover = true");
        let commit = &self.synchronous_commit;
        let set_commit = format!("synchronous_commit = {}", dialect.ident(commit));
        add(commit != "off", &set_commit);
        let set_origin = format!("origin = {}", self.origin);
        add(!self.origin.eq_ignore_ascii_case("any"), &set_origin);
        options
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn subscription() -> Subscription {
        Subscription {
            owner: "app".into(),
            connection: Secret::new("host='it''s' password=hunter2"),
            publications: vec!["p".to_owned(), "Odd Name".to_owned()],
            slot: None,
            binary: false,
            streaming: None,
            two_phase: false,
            disable_on_error: false,
            password_required: true,
            run_as_owner: false,
            failover: false,
            synchronous_commit: "off".to_owned(),
            origin: "any".to_owned(),
        }
    }

    #[test]
    fn defaults_are_not_spelt_out() {
        assert_eq!(
            subscription().create("s", &Dialect::default()),
            "CREATE SUBSCRIPTION s CONNECTION 'host=''it''''s'' password=hunter2' \
             PUBLICATION p, \"Odd Name\" WITH (connect = false, slot_name = NONE);\n"
        );
    }

    #[test]
    fn options_of_a_subscription_keep_their_order() {
        let subscription = Subscription {
            slot: Some("slot".to_owned()),
            binary: true,
            streaming: Some("parallel"),
            two_phase: true,
            disable_on_error: true,
            password_required: false,
            run_as_owner: true,
            failover: true,
            synchronous_commit: "local".to_owned(),
            origin: "none".to_owned(),
            ..subscription()
        };
        assert_eq!(
            subscription.options(&Dialect::default()).join(", "),
            "connect = false, slot_name = 'slot', binary = true, streaming = parallel, \
             two_phase = on, disable_on_error = true, password_required = false, \
             run_as_owner = true, failover = true, synchronous_commit = local, origin = none"
        );
    }

    #[test]
    fn streaming_that_is_off_is_said_from_18_on() {
        assert_eq!(streaming("f", 17), None);
        assert_eq!(streaming("f", 18), Some("off"));
        assert_eq!(streaming("t", 15), Some("on"));
        assert_eq!(streaming("p", 16), Some("parallel"));
    }

    #[test]
    fn connection_string_is_not_shown_by_debug() {
        assert!(!format!("{:?}", subscription()).contains("hunter2"));
    }
}
