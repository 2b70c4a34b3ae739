//! Types that come with other objects: array types, multirange types, the row
//! types of tables and views.
//!
//! None has an entry. Each is an object nevertheless, since what uses a type of
//! this kind may itself be needed by the object that brings it.

use crate::dumpable::ObjectKind;
use crate::error::Result;
use crate::ids::{CatalogId, Oid, catalogs};
use crate::pg::Session;
use crate::schema::catalog::Catalog;
use crate::schema::object::{Body, Object};

/// Whether the row `t` of `pg_type`, joined with its row `c` of `pg_class`, is one.
pub(super) const CONDITION: &str = "(t.typtype = 'm' OR COALESCE(c.relkind <> 'c', false)
     OR EXISTS (SELECT FROM pg_catalog.pg_type e WHERE e.oid = t.typelem AND e.typarray = t.oid))";

/// Loads them all. What brings each is in `pg_depend`.
pub(super) async fn load(session: &Session, catalog: &mut Catalog) -> Result<()> {
    let query = format!(
        "SELECT t.oid, t.typname::text AS name, t.typnamespace AS namespace
         FROM pg_catalog.pg_type t
         LEFT JOIN pg_catalog.pg_class c ON c.oid = t.typrelid
         WHERE t.oid >= 16384 AND {CONDITION}
         ORDER BY t.oid"
    );
    let shared: &Catalog = catalog;
    let objects = session
        .rows(&query, &[], |row| {
            let id = CatalogId::new(catalogs::TYPE, row.get("oid")?);
            let name: String = row.get("name")?;
            let namespace = shared.namespace_name(row.get::<Oid>("namespace")?)?;
            let mut object = Object::new(id, ObjectKind::CompanionType, name, Body::CompanionType);
            object.namespace = Some(namespace);
            Ok(object)
        })
        .await?;
    for object in objects {
        catalog.add(object);
    }
    Ok(())
}
