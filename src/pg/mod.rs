//! The PostgreSQL server: where it is, how to log in, queries, COPY.
//!
//! [`ConnInfo`] is what a user writes down; [`Session`] is one open connection.
//! What the keywords, the `PG*` variables, `.pgpass` and `sslmode` mean follows
//! libpq ("Database Connection Control Functions" in the PostgreSQL manual).
//! The protocol itself is `tokio-postgres`, except for the rows of a COPY, which a
//! tap takes off the connection.

mod begin_copy;
mod cancel_request;
mod connect;
mod conninfo;
mod copy_in;
mod copy_out;
mod error;
mod passfile;
mod row;
mod session;
mod socket;
mod tap;
mod target;
mod tls;
mod version;

pub use cancel_request::CancelHandle;
pub use conninfo::ConnInfo;
pub use copy_in::CopyIn;
pub use copy_out::CopyOut;
pub use row::Row;
pub use session::{Server, Session};
pub use tokio_postgres::types::{FromSql, ToSql, Type};
pub use version::ServerVersion;
