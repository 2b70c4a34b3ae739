//! Identities: object ids of the catalogs, dump ids of an archive.

use std::fmt;

/// A PostgreSQL object identifier.
pub type Oid = u32;

/// The catalog row an object comes from: the catalog's own OID and the row's.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct CatalogId {
    /// OID of the catalog, for example 1259 for `pg_class`.
    pub table: Oid,
    /// OID of the row.
    pub oid: Oid,
}

impl CatalogId {
    /// The id of entries that no single catalog row stands behind.
    pub const NONE: Self = Self { table: 0, oid: 0 };

    /// Joins a catalog's OID and a row's.
    pub const fn new(table: Oid, oid: Oid) -> Self {
        Self { table, oid }
    }
}

/// The number of an entry within one archive, from 1. Dependencies name dump ids.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct DumpId(pub u32);

impl fmt::Display for DumpId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// OIDs of the system catalogs, fixed since PostgreSQL assigned them
/// (`src/include/catalog/pg_*.h`, `CATALOG(name, oid, …)`).
pub mod catalogs {
    use super::Oid;

    /// `pg_type`
    pub const TYPE: Oid = 1247;
    /// `pg_attribute`
    pub const ATTRIBUTE: Oid = 1249;
    /// `pg_proc`
    pub const PROC: Oid = 1255;
    /// `pg_class`
    pub const CLASS: Oid = 1259;
    /// `pg_authid`
    pub const AUTHID: Oid = 1260;
    /// `pg_database`
    pub const DATABASE: Oid = 1262;
    /// `pg_foreign_server`
    pub const FOREIGN_SERVER: Oid = 1417;
    /// `pg_user_mapping`
    pub const USER_MAPPING: Oid = 1418;
    /// `pg_foreign_data_wrapper`
    pub const FOREIGN_DATA_WRAPPER: Oid = 2328;
    /// `pg_am`
    pub const AM: Oid = 2601;
    /// `pg_amop`
    pub const AMOP: Oid = 2602;
    /// `pg_amproc`
    pub const AMPROC: Oid = 2603;
    /// `pg_attrdef`
    pub const ATTRDEF: Oid = 2604;
    /// `pg_cast`
    pub const CAST: Oid = 2605;
    /// `pg_constraint`
    pub const CONSTRAINT: Oid = 2606;
    /// `pg_conversion`
    pub const CONVERSION: Oid = 2607;
    /// `pg_language`
    pub const LANGUAGE: Oid = 2612;
    /// `pg_largeobject_metadata` is 2995; archives write `pg_largeobject`, 2613.
    pub const LARGE_OBJECT: Oid = 2613;
    /// `pg_namespace`
    pub const NAMESPACE: Oid = 2615;
    /// `pg_opclass`
    pub const OPCLASS: Oid = 2616;
    /// `pg_operator`
    pub const OPERATOR: Oid = 2617;
    /// `pg_rewrite`
    pub const REWRITE: Oid = 2618;
    /// `pg_trigger`
    pub const TRIGGER: Oid = 2620;
    /// `pg_opfamily`
    pub const OPFAMILY: Oid = 2753;
    /// `pg_extension`
    pub const EXTENSION: Oid = 3079;
    /// `pg_policy`
    pub const POLICY: Oid = 3256;
    /// `pg_statistic_ext`
    pub const STATISTIC_EXT: Oid = 3381;
    /// `pg_collation`
    pub const COLLATION: Oid = 3456;
    /// `pg_event_trigger`
    pub const EVENT_TRIGGER: Oid = 3466;
    /// `pg_transform`
    pub const TRANSFORM: Oid = 3576;
    /// `pg_ts_dict`
    pub const TS_DICT: Oid = 3600;
    /// `pg_ts_parser`
    pub const TS_PARSER: Oid = 3601;
    /// `pg_ts_config`
    pub const TS_CONFIG: Oid = 3602;
    /// `pg_ts_template`
    pub const TS_TEMPLATE: Oid = 3764;
    /// `pg_default_acl`
    pub const DEFAULT_ACL: Oid = 826;
    /// `pg_subscription`
    pub const SUBSCRIPTION: Oid = 6100;
    /// `pg_publication`
    pub const PUBLICATION: Oid = 6104;
    /// `pg_publication_rel`
    pub const PUBLICATION_REL: Oid = 6106;
    /// `pg_publication_namespace`
    pub const PUBLICATION_NAMESPACE: Oid = 6237;
}

/// The first OID a user's object can have (`FirstNormalObjectId`, `access/transam.h`).
pub const FIRST_NORMAL_OID: Oid = 16384;
