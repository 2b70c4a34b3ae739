//! What came, and went, with which release (the release notes, and where `pg_dump.c`
//! asks for `remoteVersion`).

use std::fmt;
use std::ops::RangeInclusive;

use super::statement::Statement;

/// Something that not every release knows.
#[derive(Debug, Eq, PartialEq)]
pub(crate) struct Feature {
    /// What it is, in the words of SQL where it has any.
    pub(crate) name: &'static str,
    /// The releases that know it.
    pub(crate) known: RangeInclusive<u32>,
    /// The kinds of entries that may have it; none: all.
    kinds: &'static [&'static str],
    sign: Sign,
}

/// How a feature is recognised.
#[derive(Debug, Eq, PartialEq)]
enum Sign {
    /// The entry's kind says it all.
    Kind,
    /// Keywords and parentheses in a row, names left out.
    Phrase(&'static str),
    /// A word, in lower case.
    Name(&'static str),
    /// A word in lower case behind one in upper case.
    Follows(&'static str, &'static str),
    /// An option.
    Option(&'static str),
    /// An option that is set to this.
    OptionValue(&'static str, &'static str),
    /// A generated column that is not stored.
    VirtualColumn,
    /// The access method of a table without storage.
    PartitionedAccessMethod,
    /// A scale below zero or beyond the precision.
    NumericScale,
    /// An exclusion constraint of a partitioned table.
    PartitionedExclusion,
    /// An operator that stands behind its only operand.
    PostfixOperator,
}

impl Feature {
    /// Whether the statement has it.
    pub(super) fn is_in(&self, statement: &Statement<'_>) -> bool {
        let entry = statement.entry;
        if !self.kinds.is_empty() && !self.kinds.contains(&entry.desc.as_ref()) {
            return false;
        }
        match self.sign {
            Sign::Kind => true,
            Sign::Phrase(phrase) => statement.says(phrase),
            Sign::Name(name) => statement.names(name),
            Sign::Follows(keyword, name) => statement.follows(keyword, name),
            Sign::Option(name) => statement.sets(name, None),
            Sign::OptionValue(name, value) => statement.sets(name, Some(value)),
            Sign::VirtualColumn => statement.has_virtual_column(),
            Sign::PartitionedAccessMethod => {
                entry.relkind == Some(b'p') && entry.table_am.is_some()
            }
            Sign::NumericScale => statement.has_odd_scale(),
            Sign::PartitionedExclusion => statement.excludes_in_partitioned_table(),
            Sign::PostfixOperator => statement.says("LEFTARG") && !statement.says("RIGHTARG"),
        }
    }
}

impl fmt::Display for Feature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (first, last) = (self.known.start(), self.known.end());
        match (*first, *last) {
            (0, last) => write!(f, "{}, up to {last}", self.name),
            (first, _) => write!(f, "{}, from {first}", self.name),
        }
    }
}

const fn from(
    release: u32,
    kinds: &'static [&'static str],
    name: &'static str,
    sign: Sign,
) -> Feature {
    Feature {
        name,
        known: release..=u32::MAX,
        kinds,
        sign,
    }
}

/// A feature that is called as it is spelled.
const fn phrase(release: u32, kinds: &'static [&'static str], phrase: &'static str) -> Feature {
    from(release, kinds, phrase, Sign::Phrase(phrase))
}

/// An option that is called as it is spelled.
const fn option(release: u32, kinds: &'static [&'static str], name: &'static str) -> Feature {
    from(release, kinds, name, Sign::Option(name))
}

/// A type that `initdb` makes.
const fn data_type(release: u32, name: &'static str) -> Feature {
    from(release, TYPED, name, Sign::Name(name))
}

const DATABASE: &[&str] = &["DATABASE"];
const ROUTINES: &[&str] = &["FUNCTION", "PROCEDURE"];
const VIEWS: &[&str] = &["VIEW", "MATERIALIZED VIEW", "RULE"];
const TABLES: &[&str] = &["TABLE"];
const CONSTRAINTS: &[&str] = &["CONSTRAINT", "CHECK CONSTRAINT", "FK CONSTRAINT", "TABLE"];
const KEYS: &[&str] = &["CONSTRAINT", "INDEX"];
const SUBSCRIPTION: &[&str] = &["SUBSCRIPTION"];
const PRIVILEGES: &[&str] = &["ACL", "DEFAULT ACL"];
const COLLATION: &[&str] = &["COLLATION"];
/// Entries that name types of columns, arguments and values.
const TYPED: &[&str] = &[
    "TABLE",
    "FOREIGN TABLE",
    "TYPE",
    "DOMAIN",
    "FUNCTION",
    "PROCEDURE",
    "AGGREGATE",
    "OPERATOR",
    "CAST",
];
const ANY: &[&str] = &[];

/// Everything known to differ among releases 13 to 18.
pub(super) static FEATURES: &[Feature] = &[
    Feature {
        name: "postfix operator",
        known: 0..=13,
        kinds: &["OPERATOR"],
        sign: Sign::PostfixOperator,
    },
    // 14
    phrase(14, ROUTINES, "BEGIN ATOMIC"),
    from(14, ROUTINES, "body in SQL", Sign::Phrase("RETURN")),
    from(14, &["PROCEDURE"], "OUT argument", Sign::Phrase("OUT")),
    from(
        14,
        &["TABLE", "MATERIALIZED VIEW"],
        "COMPRESSION",
        Sign::Phrase("SET COMPRESSION"),
    ),
    phrase(14, &["TYPE"], "SUBSCRIPT"),
    from(
        14,
        &["STATISTICS"],
        "statistics on expressions",
        Sign::Phrase("ON ("),
    ),
    phrase(14, VIEWS, "SEARCH DEPTH FIRST"),
    phrase(14, VIEWS, "SEARCH BREADTH FIRST"),
    phrase(14, VIEWS, "CYCLE"),
    phrase(14, VIEWS, "GROUP BY DISTINCT"),
    option(14, SUBSCRIPTION, "binary"),
    option(14, SUBSCRIPTION, "streaming"),
    data_type(14, "int4multirange"),
    data_type(14, "int8multirange"),
    data_type(14, "nummultirange"),
    data_type(14, "datemultirange"),
    data_type(14, "tsmultirange"),
    data_type(14, "tstzmultirange"),
    data_type(14, "anymultirange"),
    data_type(14, "anycompatiblemultirange"),
    // 15
    phrase(15, KEYS, "NULLS NOT DISTINCT"),
    from(
        15,
        &["FK CONSTRAINT"],
        "columns of ON DELETE SET",
        Sign::Phrase("ON DELETE SET NULL ("),
    ),
    from(
        15,
        &["FK CONSTRAINT"],
        "columns of ON DELETE SET",
        Sign::Phrase("ON DELETE SET DEFAULT ("),
    ),
    option(15, &["VIEW"], "security_invoker"),
    from(
        15,
        &["PUBLICATION TABLE"],
        "column list or row filter",
        Sign::Phrase("("),
    ),
    from(
        15,
        &["PUBLICATION TABLES IN SCHEMA"],
        "TABLES IN SCHEMA",
        Sign::Kind,
    ),
    option(15, SUBSCRIPTION, "two_phase"),
    option(15, SUBSCRIPTION, "disable_on_error"),
    phrase(15, ANY, "MERGE INTO"),
    phrase(15, DATABASE, "ICU_LOCALE"),
    from(
        15,
        TYPED,
        "scale of numeric beyond its precision or below 0",
        Sign::NumericScale,
    ),
    // 16
    phrase(16, DATABASE, "ICU_RULES"),
    option(16, COLLATION, "rules"),
    option(16, SUBSCRIPTION, "password_required"),
    option(16, SUBSCRIPTION, "run_as_owner"),
    option(16, SUBSCRIPTION, "origin"),
    from(
        16,
        SUBSCRIPTION,
        "streaming = parallel",
        Sign::OptionValue("streaming", "parallel"),
    ),
    phrase(16, ANY, "JSON_OBJECT"),
    phrase(16, ANY, "JSON_OBJECTAGG"),
    phrase(16, ANY, "JSON_ARRAY"),
    phrase(16, ANY, "JSON_ARRAYAGG"),
    phrase(16, ANY, "IS JSON"),
    phrase(16, ANY, "SYSTEM_USER"),
    phrase(16, ANY, "INDENT"),
    // 17
    phrase(17, DATABASE, "BUILTIN_LOCALE"),
    from(
        17,
        COLLATION,
        "provider = builtin",
        Sign::OptionValue("provider", "builtin"),
    ),
    from(
        17,
        TABLES,
        "access method of a partitioned table",
        Sign::PartitionedAccessMethod,
    ),
    from(
        17,
        &["CONSTRAINT"],
        "exclusion constraint of a partitioned table",
        Sign::PartitionedExclusion,
    ),
    phrase(17, PRIVILEGES, "MAINTAIN"),
    from(
        17,
        &["EVENT TRIGGER"],
        "ON login",
        Sign::Follows("ON", "login"),
    ),
    option(17, SUBSCRIPTION, "failover"),
    phrase(17, ANY, "JSON_TABLE"),
    phrase(17, ANY, "JSON_EXISTS"),
    phrase(17, ANY, "JSON_QUERY"),
    phrase(17, ANY, "JSON_VALUE"),
    phrase(17, ANY, "JSON_SCALAR"),
    phrase(17, ANY, "JSON_SERIALIZE"),
    from(17, ANY, "JSON()", Sign::Phrase("JSON (")),
    phrase(17, ANY, "MERGE_ACTION"),
    phrase(17, ANY, "AT LOCAL"),
    // 18
    from(
        18,
        &["TABLE", "FOREIGN TABLE"],
        "virtual generated column",
        Sign::VirtualColumn,
    ),
    from(
        18,
        COLLATION,
        "locale = 'PG_UNICODE_FAST'",
        Sign::OptionValue("locale", "'PG_UNICODE_FAST'"),
    ),
    phrase(18, KEYS, "WITHOUT OVERLAPS"),
    phrase(18, &["FK CONSTRAINT"], "PERIOD"),
    phrase(18, CONSTRAINTS, "NOT ENFORCED"),
    phrase(18, &["TABLE", "FOREIGN TABLE"], "NOT NULL NO INHERIT"),
    from(
        18,
        &["CONSTRAINT"],
        "NOT NULL NOT VALID",
        Sign::Phrase("ADD CONSTRAINT NOT NULL"),
    ),
    phrase(18, &["DEFAULT ACL"], "ON LARGE OBJECTS"),
    option(18, &["PUBLICATION"], "publish_generated_columns"),
    from(18, &["STATISTICS DATA"], "statistics data", Sign::Kind),
];
