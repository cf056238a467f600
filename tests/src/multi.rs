//! One of several kinds of connection, by Diesel's `MultiConnection`: of those that this build has.
#![allow(missing_docs, reason = "the derive documents nothing that it makes")]

/// A connection whose backend is a type of our own, and not one of Diesel's.
#[derive(diesel::MultiConnection)]
#[allow(missing_debug_implementations, reason = "a connection of Diesel's has no `Debug`")]
pub enum AnyConnection {
    /// Takes a URL that begins with `postgres://`.
    #[cfg(feature = "postgres")]
    Postgres(diesel::PgConnection),
    /// Takes a URL that begins with `mysql://`.
    #[cfg(feature = "mysql")]
    Mysql(diesel::MysqlConnection),
    /// Comes last, since it takes any URL for a file.
    #[cfg(feature = "sqlite")]
    Sqlite(diesel::SqliteConnection),
}
