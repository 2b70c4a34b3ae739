//! The PostgreSQL server: connections, queries, COPY.
