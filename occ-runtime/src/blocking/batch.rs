//! The methods for many rows at once, for blocking and async connections.

use diesel::Connection;

use crate::blocking::new_row::InsertsOn;
use crate::blocking::saves::SavesOn;
use crate::error::Error;
use crate::error::stale::Operation;
use crate::model::optimistic_lock::OptimisticLock;

/// Version-checked writing of many rows at once: for slices, and so for a `Vec`. Of [`Tracked`](crate::Tracked) values it is
/// [`TrackedBatchDsl`](crate::TrackedBatchDsl).
///
/// All or nothing: one transaction, or a savepoint where one is open. If rows are stale, all of them are named in
/// [`Error::StaleBatch`] and nothing is written. The versions in memory move on after the commit, all together. Two values
/// for one row are refused before anything is sent; an empty slice is `Ok` and sends nothing.
///
/// # Statements
///
/// | | rows in a statement | |
/// |---|---|---|
/// | PostgreSQL, feature `postgres` | up to 128 | `UPDATE .. FROM (SELECT .. FROM (VALUES ..) .. FOR NO KEY UPDATE)` |
/// | MySQL and MariaDB, feature `mysql` | up to 32 | `UPDATE .. SET .. = CASE .. END` |
/// | SQLite, which is asked without a network; other backends; without those features | 1 | the statement of a single save |
///
/// A statement has room for a power of two of rows, so each struct has at most nine texts of each kind, and each stays
/// prepared. Rows are matched by key, whatever their order. One row at a time are written: structs whose columns vary (an
/// embedded changeset, a `None` that leaves a column alone) and versions that the database makes. So are, after a rollback,
/// rows that a statement did not meet all of, to learn which are stale; and rows that the database does not take together.
///
/// Servers bound the size of a statement (`max_allowed_packet` on MySQL, which closes the connection): of rows with megabytes in
/// them pass fewer at once.
/// MariaDB locks the whole of a table that has not many more rows than the statement, until the transaction ends.
///
/// # The order of locks
///
/// Whatever the order of the slice, rows are sent and locked in the order of their keys, which is the same in every process: numbers
/// by value, texts by their bytes. So two batches over the same rows wait for each other, and do not meet in a deadlock, unless
/// one transaction holds several batches, or MySQL sorts a text key otherwise than by its bytes. Rows that the database
/// takes only in the order of the slice, such as unique values that move up by one, are sent in that order after a
/// rollback. On SQLite, where nobody waits for a row, all of them are.
pub trait OptimisticBatchDsl<M: OptimisticLock> {
    /// Saves every value, as [`save_optimistic`](crate::OptimisticDsl::save_optimistic) does.
    ///
    /// ```
    /// # use diesel::prelude::*;
    /// # use occ_runtime::{Error, prelude::*};
    #[doc = include_str!("../example.txt")]
    /// # let conn = &mut connection();
    /// let mut products: Vec<Product> = products::table.select(Product::as_select()).load(conn)?;
    /// for product in &mut products {
    ///     product.quantity += 1;
    /// }
    /// products.save_all_optimistic(conn)?;
    /// assert!(products.iter().all(|product| product.version == 2));
    /// # Ok::<_, Error>(())
    /// ```
    fn save_all_optimistic<C>(&mut self, conn: &mut C) -> Result<(), Error>
    where
        C: Connection,
        M: SavesOn<C>;

    /// Saves every value that is not stale, and says of each whether it was.
    ///
    /// The results are in the order of the values. One that is stale is an [`Error::Stale`], keeps its version, and undoes no
    /// other; the others are written, and have their new versions. It is one transaction all the same: a database error ends it as a
    /// whole, is the outer `Err`, and nothing is written. Of an `Ok` look at each result, or a lost update goes unseen.
    ///
    /// Where nothing is stale, the statements are those of [`save_all_optimistic`](Self::save_all_optimistic). Where something is,
    /// all is rolled back once, and parts that are smaller and smaller are tried, each in a savepoint, down to eight rows, which go one
    /// by one: for one stale row of 128 that is about 20 statements.
    ///
    /// ```
    /// # use diesel::prelude::*;
    /// # use occ_runtime::{Error, prelude::*};
    #[doc = include_str!("../example.txt")]
    /// # let conn = &mut connection();
    /// # diesel::insert_into(products::table).values((products::id.eq(2), products::name.eq("desk"), products::quantity.eq(1), products::version.eq(1))).execute(conn)?;
    /// let mut products: Vec<Product> = products::table.order(products::id).select(Product::as_select()).load(conn)?;
    /// products[0].version = 7; // outdated
    /// let outcomes = products.save_each_optimistic(conn)?;
    /// let Err(Error::Stale(stale)) = &outcomes[0] else { panic!("it is stale") };
    /// assert_eq!((stale.key(), stale.actual()), ("1", Some("1")));
    /// assert!(outcomes[1].is_ok());
    /// assert_eq!((products[0].version, products[1].version), (7, 2));
    /// # Ok::<_, Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`Error::DuplicateRow`] for two values of one row, before anything is sent; [`Error::Version`], [`Error::AmbiguousKey`] and
    /// [`Error::Database`] for the whole. Nothing is written then.
    fn save_each_optimistic<C>(&mut self, conn: &mut C) -> Result<Vec<Result<(), Error>>, Error>
    where
        C: Connection,
        M: SavesOn<C>;

    /// Deletes the row of every value, as [`delete_optimistic`](crate::OptimisticDsl::delete_optimistic) does.
    ///
    /// ```
    /// # use diesel::prelude::*;
    /// # use occ_runtime::{Error, prelude::*};
    #[doc = include_str!("../example.txt")]
    /// # let conn = &mut connection();
    /// let products: Vec<Product> = products::table.select(Product::as_select()).load(conn)?;
    /// products.delete_all_optimistic(conn)?;
    /// let Err(Error::StaleBatch(stale)) = products.delete_all_optimistic(conn) else { panic!("they are gone") };
    /// assert!(stale.rows()[0].is_deleted());
    /// # Ok::<_, Error>(())
    /// ```
    fn delete_all_optimistic<C>(&self, conn: &mut C) -> Result<(), Error>
    where
        C: Connection,
        M: SavesOn<C>;

    /// Inserts every value, as [`insert_optimistic`](crate::OptimisticInsertDsl::insert_optimistic) does.
    ///
    /// Up to 128 rows in an `INSERT`, on SQLite too; one row at a time where a save is, and after a rollback, to learn which key is taken.
    /// [`Error::Exists`] names one of them: on SQLite the first of the slice, elsewhere the first in the order of the keys, in which
    /// rows are locked.
    ///
    /// ```
    /// # use diesel::prelude::*;
    /// # use occ_runtime::{Error, prelude::*};
    #[doc = include_str!("../example.txt")]
    /// # let conn = &mut connection();
    /// let new = |id| Product { id, name: "desk".into(), quantity: 3, version: 0 };
    /// let mut desks = vec![new(2), new(3)];
    /// desks.insert_all_optimistic(conn)?;
    /// assert!(desks.iter().all(|desk| desk.version == 1));
    /// let mut more = vec![new(4), new(3)];
    /// assert!(matches!(more.insert_all_optimistic(conn), Err(Error::Exists(exists)) if exists.key() == "3"));
    /// assert_eq!(products::table.count().get_result(conn), Ok(3_i64));
    /// # Ok::<_, Error>(())
    /// ```
    fn insert_all_optimistic<C>(&mut self, conn: &mut C) -> Result<(), Error>
    where
        C: Connection,
        M: InsertsOn<C>;
}

impl<M: OptimisticLock> OptimisticBatchDsl<M> for [M] {
    fn save_all_optimistic<C>(&mut self, conn: &mut C) -> Result<(), Error>
    where
        C: Connection,
        M: SavesOn<C>,
    {
        M::write_all(self, conn)
    }

    fn save_each_optimistic<C>(&mut self, conn: &mut C) -> Result<Vec<Result<(), Error>>, Error>
    where
        C: Connection,
        M: SavesOn<C>,
    {
        M::write_each(self, conn)
    }

    fn delete_all_optimistic<C>(&self, conn: &mut C) -> Result<(), Error>
    where
        C: Connection,
        M: SavesOn<C>,
    {
        M::send_all(Operation::Delete, self, conn).map(drop)
    }

    fn insert_all_optimistic<C>(&mut self, conn: &mut C) -> Result<(), Error>
    where
        C: Connection,
        M: InsertsOn<C>,
    {
        M::insert_all(self, conn)
    }
}
