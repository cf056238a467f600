//! Feature `testing`: the promises of optimistic locking, checked in tests of your own.
//!
//! | | finds out |
//! |---|---|
//! | [`Conformance`] | whether a model, its table and its connections keep the promises: a trigger, a generator, a repository or a pool may break them |
//! | [`Watch`] | whether a program writes round the lock: which of its statements write a versioned table and leave the version where it is |
//!
//! # The promises
//!
//! With real connections, and threads that save at the same time:
//!
//! ```
//! use diesel::connection::SimpleConnection as _;
//! use diesel::prelude::*;
//! use occ_runtime::prelude::*;
//! use occ_runtime::testing::Conformance;
//! # diesel::table! { products (id) { id -> Integer, name -> Text, version -> Integer } }
//! # #[derive(Clone, Debug, PartialEq, Queryable, Selectable, OptimisticLock)]
//! # struct Product { id: i32, name: String, version: i32 }
//! # let file = std::env::temp_dir().join(format!("occ-testing-doc-{}.sqlite", std::process::id()));
//! # let _ = std::fs::remove_file(&file);
//! # let url = file.to_string_lossy().into_owned();
//!
//! let connect = || {
//!     let mut conn = SqliteConnection::establish(&url).unwrap();
//!     conn.batch_execute("PRAGMA busy_timeout = 10000").unwrap();
//!     conn
//! };
//! # connect().batch_execute("CREATE TABLE products (id INTEGER PRIMARY KEY, name TEXT NOT NULL, version INTEGER NOT NULL DEFAULT 1)").unwrap();
//! let insert = |conn: &mut SqliteConnection| {
//!     diesel::insert_into(products::table).values(products::name.eq("lamp")).execute(conn).unwrap();
//!     products::table.order(products::id.desc()).select(Product::as_select()).first(conn).unwrap()
//! };
//! let change = |product: &mut Product| product.name.push('!');
//! Conformance::new(connect, insert, change).run().assert();
//! # std::fs::remove_file(file).unwrap();
//! ```
//!
//! Connections of diesel-async are checked through its `AsyncConnectionWrapper`, which makes them blocking and derefs to them:
//! with [`save_with`](Conformance::save_with) it is the async methods, or an async repository, that save, such as by
//! `runtime.block_on(product.save_optimistic(&mut **conn))`.
//!
//! # Writes that go round the lock
//!
//! ```
//! use diesel::prelude::*;
//! use occ_runtime::prelude::*;
//! use occ_runtime::testing::Watch;
//! # use occ_runtime::Error;
#![doc = include_str!("../example.txt")]
//! # let conn = &mut connection();
//!
//! let watch = Watch::new().table::<Product>();
//! conn.set_instrumentation(watch.instrumentation());
//!
//! diesel::update(products::table.find(1)).set(products::quantity.eq(0)).execute(conn)?;
//!
//! let findings = watch.findings();
//! assert_eq!(findings.len(), 1);
//! assert_eq!(findings[0].table(), "products");
//! println!("{}", findings[0]);
//! # Ok::<_, Error>(())
//! ```

mod conformance;
mod watch;

pub use conformance::{Conformance, Promise, Report};
pub use watch::Watch;
pub use watch::finding::{Finding, FindingKind};
