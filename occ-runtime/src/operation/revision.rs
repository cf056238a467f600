//! Reads a row as it was at a version.
#![allow(
    unused_imports,
    reason = "the bodies below name them where they are expanded, in `blocking` and `asynchronous`; several files name the same"
)]

pub(crate) use diesel::Table;
pub(crate) use diesel::result::{Error as DieselError, QueryResult};

pub(crate) use crate::error::Error;
pub(crate) use crate::operation::verdict;
pub(crate) use crate::statement::key_values::KeyValues;
pub(crate) use crate::statement::revision::Revision;

/// The row, if there is one.
pub(crate) fn found<M>(rows: QueryResult<Vec<M>>) -> QueryResult<Option<M>> {
    match rows.and_then(verdict::only) {
        Err(DieselError::NotFound) => Ok(None),
        found => found.map(Some),
    }
}

/// The body of `FindsRevisionsOn` and of its async twin.
///
/// The table comes first: what leaves it between the two is then in its history.
macro_rules! revision {
    ($wing:ident $(, $async:ident, $await:ident, $send:ident)?) => {
        $($async)? fn find_revision(key: K, version: M::Version, conn: &mut C) -> Result<Option<M>, Error> {
            let key = <<M::Table as Table>::PrimaryKey as KeyValues<K, Form>>::equal(key);
            let mut conn = $crate::$wing::send::InFlight::begin(conn)?;
            let present = Revision::<M, C::Backend, W, false>::of(&key, &version);
            let mut found = $crate::operation::revision::found($crate::$wing::send::all(present, &mut *conn)$(.$await)?);
            if let Ok(None) = found {
                let was = Revision::<M, C::Backend, W, true>::of(&key, &version);
                found = $crate::operation::revision::found($crate::$wing::send::all(was, &mut *conn)$(.$await)?);
            }
            conn.land_with(&found);
            found.map_err(Error::from)
        }
    };
}

pub(crate) use revision;
