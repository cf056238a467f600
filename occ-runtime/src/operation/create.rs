//! A row that is made of values, and read as it is then.
#![allow(
    unused_imports,
    reason = "the bodies below name them where they are expanded, in `blocking` and `asynchronous`; several files name the same"
)]

pub(crate) use diesel::result::Error as DieselError;

pub(crate) use crate::error::Error;
pub(crate) use crate::model::declared::Declared;
pub(crate) use crate::model::optimistic_lock::has_schema;
pub(crate) use crate::model::soft_delete::Rows;
pub(crate) use crate::operation::none_key;
pub(crate) use crate::operation::upserted::Created;
pub(crate) use crate::operation::verdict;
pub(crate) use crate::statement::create::{Create, ForgetLastKey, LastRow};
pub(crate) use crate::statement::dialect;
pub(crate) use crate::statement::find::FindRow;
pub(crate) use crate::statement::keyed::{CreateKeyed, KeptRow, LookFirst, MadeRow, TakenRow};
pub(crate) use crate::statement::select::CurrentRow;
pub(crate) use crate::version::generator::VersionGenerator;

macro_rules! operations {
    ($wing:ident $(, $async:ident, $await:ident, $send:ident)?) => {
        $($async)? fn create<I>(&mut self, values: I) -> Result<M, Error>
        where
            I: QueryFragment<C::Backend> + QueryId $(+ $send)?,
        {
            let mut conn = $crate::$wing::send::InFlight::begin(self)?;
            let made = match $crate::$wing::send::returns_new_rows::<M, _>(&mut *conn)$(.$await)? {
                Ok(true) => {
                    let made = <C as $crate::$wing::create::Creates<M, Declared<false>>>::make::<I>(&mut *conn, values)$(.$await)?;
                    made.and_then(|made| made.ok_or_else(|| DieselError::NotFound.into()))
                }
                Ok(false) => <C as $crate::$wing::create::Creates<M, Declared<false>>>::make_then_read(&mut *conn, values)$(.$await)?,
                Err(error) => Err(error.into()),
            };
            conn.land_with(&made);
            made
        }

        /// By an `INSERT` that answers with the row, which is read once more where triggers come after the answer.
        $($async)? fn make<I>(&mut self, values: I) -> Result<Option<M>, Error>
        where
            I: QueryFragment<C::Backend> + QueryId $(+ $send)?,
        {
            let create = Create::<M, C::Backend, I, false>::new(values);
            if dialect::sees_triggers_when_returning::<C::Backend>() {
                return Ok($crate::$wing::send::all::<_, _, M>(create, self)$(.$await)??.pop());
            }
            let begun = $crate::$wing::send::begin(self)$(.$await)??;
            let made = match $crate::$wing::send::all::<_, _, M>(create, self)$(.$await)?.map(|mut made| made.pop()) {
                Ok(Some(made)) => {
                    let again = CurrentRow::<M, C::Backend>::of_rows(&made, Rows::All);
                    let found = $crate::$wing::send::all::<_, _, M>(again, self)$(.$await)?.and_then(verdict::only);
                    found.map(Some).map_err(|error| verdict::unread(&made, error))
                }
                Ok(None) => Ok(None),
                Err(error) => Err(error.into()),
            };
            $crate::$wing::send::end(made, begun, self)$(.$await)?
        }

        /// By an `INSERT` and the number that MySQL has made for its key, or SQLite for the row.
        $($async)? fn make_then_read<I>(&mut self, values: I) -> Result<M, Error>
        where
            I: QueryFragment<C::Backend> + QueryId $(+ $send)?,
        {
            let key = match M::key_columns() {
                [key] => key,
                // SQLite knows the row, whatever its key.
                [key, ..] if dialect::tells_new_rows::<C::Backend>(has_schema::<M>()) => key,
                _ => return Err(none_key::key_is_not_made::<M>()),
            };
            let begun = $crate::$wing::send::begin(self)$(.$await)??;
            let made = <C as $crate::$wing::create::Creates<M, Declared<false>>>::make_and_read(self, key, values)$(.$await)?;
            $crate::$wing::send::end(made, begun, self)$(.$await)?
        }
    };
}

macro_rules! parts {
    ($wing:ident $(, $async:ident, $await:ident, $send:ident)?) => {
        $($async)? fn create_if_absent<I, P>(&mut self, values: I, key: P) -> Result<Created<M>, Error>
        where
            I: QueryFragment<C::Backend> + QueryId $(+ $send + Sync)?,
            P: QueryFragment<C::Backend> + QueryId $(+ $send + Sync)?,
        {
            let mut conn = $crate::$wing::send::InFlight::begin(self)?;
            let created = match $crate::$wing::send::returns_new_rows::<M, _>(&mut *conn)$(.$await)? {
                Ok(true) => <C as $crate::$wing::create::Creates<M, Declared<false>>>::make_or_find(&mut *conn, values, &key)$(.$await)?,
                Ok(false) => match $crate::$wing::send::begin(&mut *conn)$(.$await)? {
                    Ok(begun) => {
                        let created = <C as $crate::$wing::create::Creates<M, Declared<false>>>::insert_or_find(&mut *conn, values, &key)$(.$await)?;
                        $crate::$wing::send::end(created, begun, &mut *conn)$(.$await)?
                    }
                    Err(error) => Err(error.into()),
                },
                Err(error) => Err(error.into()),
            };
            conn.land_with(&created);
            created
        }

        $($async)? fn make_or_find<I, P>(&mut self, values: I, key: &P) -> Result<Created<M>, Error>
        where
            I: QueryFragment<C::Backend> + QueryId $(+ $send + Sync)?,
            P: QueryFragment<C::Backend> + QueryId $(+ $send + Sync)?,
        {
            let mut round = 1;
            loop {
                let refused = match <C as $crate::$wing::create::Creates<M, Declared<false>>>::make_of_key::<&I, P>(self, &values, key)$(.$await)? {
                    Ok(Some(made)) => return Ok(Created::New(made)),
                    Ok(None) => None,
                    Err(Error::Database(refused)) => Some(refused),
                    Err(error) => return Err(error),
                };
                match <C as $crate::$wing::create::Creates<M, Declared<false>>>::find_taken(self, key, refused)$(.$await)? {
                    // Deleted since.
                    Err(gone) if verdict::comes_and_goes::<C::Backend>(&gone, round) => round += 1,
                    found => return found,
                }
            }
        }
    };
}

macro_rules! last_row_parts {
    ($wing:ident $(, $async:ident, $await:ident, $send:ident)?) => {
        $($async)? fn make_and_read<I>(&mut self, key: &'static str, values: I) -> Result<M, Error>
        where
            I: QueryFragment<C::Backend> + QueryId $(+ $send)?,
        {
            if M::Generator::BY_DATABASE && !dialect::tells_new_rows::<C::Backend>(has_schema::<M>()) {
                $crate::$wing::send::ExecuteDsl::execute(ForgetLastKey, self)$(.$await)??;
            }
            let create = Create::<M, C::Backend, I, false>::new(values);
            // Else the row that was made last is another one.
            if $crate::$wing::send::ExecuteDsl::execute(create, self)$(.$await)?? == 0 {
                return Err(DieselError::NotFound.into());
            }
            let found = $crate::$wing::send::all::<_, _, M>(LastRow::<M, C::Backend>::new(key), self)$(.$await)?;
            found.and_then(verdict::only).map_err(|error| match error {
                DieselError::NotFound => none_key::key_is_not_made::<M>(),
                error => error.into(),
            })
        }
    };
}

macro_rules! keyed_parts {
    ($wing:ident $(, $async:ident, $await:ident, $send:ident)?) => {
        /// As `make`, if there is no row with its key, and if that is `key`: else nothing is written.
        $($async)? fn make_of_key<I, P>(&mut self, values: I, key: &P) -> Result<Option<M>, Error>
        where
            I: QueryFragment<C::Backend> + QueryId $(+ $send)?,
            P: QueryFragment<C::Backend> + QueryId $(+ $send + Sync)?,
        {
            let create = CreateKeyed::<M, C::Backend, I, P>::new(values, key);
            if dialect::sees_triggers_when_returning::<C::Backend>() {
                let made = $crate::$wing::send::all::<_, _, M>(create, self)$(.$await)?;
                return made.map(|mut made| made.pop()).map_err(none_key::not_made::<M>);
            }
            let begun = $crate::$wing::send::begin(self)$(.$await)??;
            let made = match $crate::$wing::send::all::<_, _, M>(create, self)$(.$await)?.map(|mut made| made.pop()) {
                Ok(Some(made)) => {
                    let again = MadeRow { row: CurrentRow::<M, C::Backend>::of(&made), key };
                    let found = $crate::$wing::send::all::<_, _, M>(again, self)$(.$await)?.and_then(verdict::only);
                    found.map(Some).map_err(|error| match error {
                        DieselError::NotFound => none_key::given_key_is_made::<M>(),
                        error => verdict::unread(&made, error),
                    })
                }
                Ok(None) => Ok(None),
                Err(error) => Err(error.into()),
            };
            $crate::$wing::send::end(made, begun, self)$(.$await)?
        }
    };
}

macro_rules! find_parts {
    ($wing:ident $(, $async:ident, $await:ident, $send:ident)?) => {
        /// Within a transaction, where an `INSERT` does not answer with the row.
        $($async)? fn insert_or_find<I, P>(&mut self, values: I, key: &P) -> Result<Created<M>, Error>
        where
            I: QueryFragment<C::Backend> + QueryId $(+ $send)?,
            P: QueryFragment<C::Backend> + QueryId $(+ $send + Sync)?,
        {
            if M::Generator::BY_DATABASE && !dialect::tells_new_rows::<C::Backend>(has_schema::<M>()) {
                $crate::$wing::send::ExecuteDsl::execute(LookFirst::<M, P>::at(key), self)$(.$await)??;
            }
            let create = Create::<M, C::Backend, I, true>::new(values);
            match $crate::$wing::send::ExecuteDsl::execute(create, self)$(.$await)? {
                // MySQL says an error.
                Ok(0) => <C as $crate::$wing::create::Creates<M, Declared<false>>>::find_taken(self, key, None)$(.$await)?,
                Ok(_) => {
                    let find = KeptRow(FindRow::<M, C::Backend, P, false>::any_with(key));
                    let found = $crate::$wing::send::all::<_, _, M>(find, self)$(.$await)?;
                    found.and_then(verdict::only).map(Created::New).map_err(|error| match error {
                        DieselError::NotFound => none_key::given_key_is_made::<M>(),
                        error => error.into(),
                    })
                }
                Err(refused) => <C as $crate::$wing::create::Creates<M, Declared<false>>>::find_taken(self, key, Some(refused))$(.$await)?,
            }
        }

        /// The row that is there already. `refused` is what the database said, if it said an error.
        $($async)? fn find_taken<P>(&mut self, key: &P, mut refused: Option<DieselError>) -> Result<Created<M>, Error>
        where
            P: QueryFragment<C::Backend> + QueryId $(+ $send + Sync)?,
        {
            if let Some(error) = refused.take_if(|error| verdict::is_not_by_key::<C::Backend>(error, &$crate::$wing::send::depth(self))) {
                return Err(error.into());
            }
            let find = TakenRow(FindRow::<M, C::Backend, P, false>::any_with(key));
            let found = $crate::$wing::send::all::<_, _, M>(find, self)$(.$await)?;
            match found.and_then(verdict::only) {
                Ok(row) => Ok(Created::Existing(row)),
                Err(look) => Err(verdict::not_found_taken(refused, look)),
            }
        }
    };
}

pub(crate) use {find_parts, keyed_parts, last_row_parts, operations, parts};
