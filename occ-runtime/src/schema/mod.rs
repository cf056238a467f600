//! Whether a table is as a struct needs it: what [`check_schema`](crate::SchemaDsl::check_schema) finds.
//!
//! A version column that may be NULL, that rounds, that is too narrow, or whose trigger is missing, lets saves fail later, or lets a
//! stale one through. The database's catalog tells before.
//!
//! ```
//! use diesel::connection::SimpleConnection as _;
//! use diesel::prelude::*;
//! use occ_runtime::schema::FindingKind;
//! use occ_runtime::{Error, prelude::*};
//! # diesel::table! { products (id) { id -> Integer, name -> Text, version -> Integer } }
//!
//! #[derive(OptimisticLock)]
//! struct Product {
//!     id: i32,
//!     name: String,
//!     version: i32,
//! }
//!
//! # let conn = &mut SqliteConnection::establish(":memory:").unwrap();
//! conn.batch_execute("CREATE TABLE products (id INTEGER PRIMARY KEY, name TEXT NOT NULL, version INTEGER)")?;
//!
//! let findings = Product::check_schema(conn)?;
//! assert_eq!(findings.len(), 1);
//! assert_eq!(findings[0].kind(), FindingKind::VersionNullable);
//!
//! conn.batch_execute(findings[0].cure().unwrap())?;
//! assert_eq!(Product::check_schema(conn)?, []);
//! # Ok::<_, Error>(())
//! ```
//!
//! # What it does not see
//!
//! - The columns of embedded structs, and fields that are only selected.
//! - What is beneath a view: of that only the columns are looked at, and whether it can be written.
//! - Triggers that the user of the connection has no right to see, on MySQL, and temporary tables there: it takes them for missing.
//! - A trigger is believed if it names the version column; nobody runs it.

pub(crate) mod catalog;
pub(crate) mod catalog_sql;
pub(crate) mod cure;
pub(crate) mod expected;
pub(crate) mod finding;
pub(crate) mod fit;
pub(crate) mod inquiry;
pub(crate) mod mark_rules;
pub(crate) mod names;
pub(crate) mod question;
pub(crate) mod rebuild;
pub(crate) mod report;
pub(crate) mod rules;
pub(crate) mod version_rules;

pub use finding::{Finding, FindingKind};
