//! Casts: `pg_cast`.

use super::catalog::Catalog;
use super::entries::{Annotated, Toc};
use super::object::{Body, Object};
use super::routine;
use crate::archive::Section;
use crate::dumpable::ObjectKind;
use crate::error::Result;
use crate::ids::{CatalogId, catalogs};
use crate::pg::{Row, Session};

/// A cast. Its object's name is that of both types, which is all it sorts by.
#[derive(Debug)]
pub struct Cast {
    source: String,
    target: String,
    /// By `f`unction, by `i`nput and output functions, or `b`inary-coercible.
    method: char,
    /// The function, qualified and quoted, with the types of its arguments.
    function: Option<String>,
    /// `e`xplicit, in `a`ssignments, or `i`mplicit.
    context: char,
}

/// From 14 on a range type brings the cast to its multirange type along.
fn query(major: u32) -> String {
    let own = if major >= 14 {
        "AND NOT EXISTS (SELECT FROM pg_catalog.pg_range r
                         WHERE r.rngtypid = c.castsource AND r.rngmultitypid = c.casttarget)"
    } else {
        ""
    };
    format!(
        "SELECT c.oid, pg_catalog.concat_ws(' ', s.typname, t.typname) AS name,
                pg_catalog.format_type(c.castsource, NULL) AS source,
                pg_catalog.format_type(c.casttarget, NULL) AS target,
                c.castmethod AS method, c.castcontext AS context,
                {} AS function
         FROM pg_catalog.pg_cast c
         JOIN pg_catalog.pg_type s ON s.oid = c.castsource
         JOIN pg_catalog.pg_type t ON t.oid = c.casttarget
         WHERE c.oid >= 16384 {own}
         ORDER BY c.castsource, c.casttarget",
        routine::signature("c.castfunc")
    )
}

/// Loads all casts but the server's own.
pub(crate) async fn load(session: &Session, catalog: &mut Catalog) -> Result<()> {
    let shared: &Catalog = catalog;
    let objects = session
        .rows(&query(shared.server.major()), &[], |row| {
            Cast::object(row, shared)
        })
        .await?;
    for object in objects {
        catalog.add(object);
    }
    Ok(())
}

impl Cast {
    fn object(row: &Row, catalog: &Catalog) -> Result<Object> {
        let id = CatalogId::new(catalogs::CAST, row.get("oid")?);
        let name: String = row.get("name")?;
        let body = Body::Cast(Box::new(Self {
            source: row.get("source")?,
            target: row.get("target")?,
            method: row.char("method")?,
            function: row.get("function")?,
            context: row.char("context")?,
        }));
        let mut object = Object::new(id, ObjectKind::Cast, name, body);
        object.components = catalog.components(id, None);
        Ok(object)
    }

    pub(crate) fn write(&self, object: &Object, catalog: &Catalog, toc: &mut Toc) {
        let types = self.types();
        if object.components.definition && !toc.options.data_only {
            let mut entry = object.entry("CAST", Section::PreData);
            entry.tag = format!("CAST {types}");
            entry.defn = Some(self.create());
            entry.drop_stmt = Some(format!("DROP CAST {types};\n"));
            toc.define(object, entry);
        }
        let on = Annotated::without_owner(object.id, "CAST", &types);
        toc.annotate(catalog, object, &on);
    }

    fn types(&self) -> String {
        format!("({} AS {})", self.source, self.target)
    }

    fn create(&self) -> String {
        let how = match (self.method, &self.function) {
            ('f', Some(function)) => format!("WITH FUNCTION {function}"),
            ('i', _) => "WITH INOUT".to_owned(),
            _ => "WITHOUT FUNCTION".to_owned(),
        };
        let when = match self.context {
            'a' => " AS ASSIGNMENT",
            'i' => " AS IMPLICIT",
            _ => "",
        };
        format!("CREATE CAST {} {how}{when};\n", self.types())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn create(method: char, function: Option<&str>, context: char) -> String {
        let cast = Cast {
            source: "s.\"Box\"".to_owned(),
            target: "double precision".to_owned(),
            method,
            function: function.map(str::to_owned),
            context,
        };
        cast.create()
    }

    #[test]
    fn cast_says_how_and_when_it_is_made() {
        assert_eq!(
            create('f', Some("s.area(s.\"Box\")"), 'e'),
            "CREATE CAST (s.\"Box\" AS double precision) WITH FUNCTION s.area(s.\"Box\");\n"
        );
        assert_eq!(
            create('i', None, 'a'),
            "CREATE CAST (s.\"Box\" AS double precision) WITH INOUT AS ASSIGNMENT;\n"
        );
        assert_eq!(
            create('b', None, 'i'),
            "CREATE CAST (s.\"Box\" AS double precision) WITHOUT FUNCTION AS IMPLICIT;\n"
        );
    }
}
