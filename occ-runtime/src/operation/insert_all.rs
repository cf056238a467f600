//! A batch of new rows: all of them are made, or none is.
#![allow(
    unused_imports,
    reason = "the bodies below name them where they are expanded, in `blocking` and `asynchronous`; several files name the same"
)]

pub(crate) use crate::error::Error;
pub(crate) use crate::error::stale::Operation;
pub(crate) use crate::model::optimistic_lock::SqlText;
pub(crate) use crate::operation::none_key;
pub(crate) use crate::operation::order::{Order, by_key};
pub(crate) use crate::operation::rows::{as_given, met_itself, refuse_duplicates};
pub(crate) use crate::statement::dialect;
pub(crate) use crate::statement::insert::InsertRows;
pub(crate) use crate::statement::select::PresentVersion;
pub(crate) use crate::transaction::journal;
pub(crate) use crate::transaction::unanswered::Unanswered;
pub(crate) use crate::version::generator::VersionGenerator;

macro_rules! operations {
    ($wing:ident $(, $async:ident, $await:ident, $send:ident)?) => {
        $($async)? fn insert_all(rows: &mut [M], conn: &mut C) -> Result<(), Error> {
            refuse_duplicates::<M>(rows)?;
            if rows.is_empty() {
                return Ok(());
            }
            let sent = Unanswered::of_new(&*rows, None);
            let made = match $crate::$wing::send::InFlight::begin(conn) {
                Ok(mut conn) => {
                    let made = match Self::put_new_together(rows, &mut *conn)$(.$await)? {
                        Ok(None) => Self::put_new_each(rows, &mut *conn)$(.$await)?,
                        Ok(Some(versions)) => Ok(versions),
                        Err(error) => Err(error),
                    };
                    conn.land_with(&made);
                    made
                }
                Err(error) => Err(error.into()),
            };
            let made = sent.ended(made)?;
            for (row, version) in rows.iter_mut().zip(made) {
                journal::made(row, version);
            }
            Ok(())
        }

        /// In few statements. `None`: nothing is written, and the rows are to be sent one by one.
        $($async)? fn put_new_together(rows: &[M], conn: &mut C) -> Result<Option<Vec<M::Version>>, Error> {
            let fits = !M::Generator::BY_DATABASE && matches!(M::INSERT_TEXT, SqlText::Fixed);
            let is_made = rows.iter().any(none_key::may_make_key::<C::Backend, M>);
            if !fits || is_made || rows.len() == 1 || !dialect::inserts_rows::<C::Backend>() {
                return Ok(None);
            }
            let versions: Vec<M::Version> = rows.iter().map(|_| M::Generator::initial()).collect();
            let most = InsertRows::most::<C::Backend>(rows, &versions)?;
            let order = by_key::<C::Backend, M>(rows);
            let begun = $crate::$wing::send::begin(conn)$(.$await)??;
            let unanswered = Unanswered::of_new(rows, versions);
            let mut sent = 0;
            while sent < rows.len() {
                let until = sent + InsertRows::<M>::next(rows.len() - sent, most);
                let insert = InsertRows::new(&order[sent..until], rows, &unanswered.next);
                let written = $crate::$wing::send::ExecuteDsl::execute(insert, conn)$(.$await)?;
                if written == Ok(until - sent) {
                    sent = until;
                    continue;
                }
                return Self::roll_back_together(written, unanswered, begun, conn)$(.$await)?;
            }
            Self::commit(Ok(((), unanswered)), begun, conn)$(.$await)?.map(|((), versions)| Some(versions))
        }
    };
}

macro_rules! one_by_one_operations {
    ($wing:ident $(, $async:ident, $await:ident, $send:ident)?) => {
        $($async)? fn put_new_each(rows: &[M], conn: &mut C) -> Result<Vec<M::Version>, Error> {
            let mut order = Order::by_key::<C::Backend, M>(rows);
            loop {
                let begun = $crate::$wing::send::begin(conn)$(.$await)??;
                let mut made = Ok(Vec::with_capacity(rows.len()));
                let mut refused = None;
                for (sent, place) in order.places().enumerate() {
                    let row = &rows[place];
                    let is_read_back = M::Generator::BY_DATABASE
                        && !dialect::sees_triggers_when_returning::<C::Backend>()
                        && !none_key::may_make_key::<C::Backend, M>(row);
                    let first = if is_read_back {
                        $crate::$wing::send::boxed(row.put_new_and_read(Operation::Insert, conn))$(.$await)?
                    } else {
                        row.put_new(Operation::Insert, conn)$(.$await)?
                    };
                    made = made.and_then(|mut versions: Vec<(usize, M::Version)>| {
                        versions.push((place, first?));
                        Ok(versions)
                    });
                    if made.is_err() {
                        refused = Some(row).filter(|_| sent > 0);
                        break;
                    }
                }
                let made = match made {
                    // Rows that refer to each other.
                    Err(error) if order.gives_way_to(&error) => {
                        $crate::$wing::send::roll_back(begun, conn)$(.$await)??;
                        continue;
                    }
                    made => {
                        let made = made.map(|made| ((), Unanswered::of_new(rows, as_given(made)))).map_err(Error::rolled_back);
                        Self::commit(made, begun, conn)$(.$await)?.map(|((), made)| made)
                    }
                };
                return match (made, refused) {
                    // Was it there, or has the batch itself made a row that has this key for the database?
                    (Err(Error::Exists(exists)), Some(row)) => {
                        let there = $crate::$wing::send::rare_version::<M, _, _>(PresentVersion::of_taken(row), conn)$(.$await)?;
                        Err(met_itself(row, exists, there))
                    }
                    (made, _) => made,
                };
            }
        }
    };
}

pub(crate) use {one_by_one_operations, operations};
