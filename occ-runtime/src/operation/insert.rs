//! A row that is made of a whole struct.
#![allow(
    unused_imports,
    reason = "the bodies below name them where they are expanded, in `blocking` and `asynchronous`; several files name the same"
)]

pub(crate) use diesel::result::Error as DieselError;

pub(crate) use crate::error::Error;
pub(crate) use crate::error::exists::ExistsError;
pub(crate) use crate::error::stale::Operation;
pub(crate) use crate::operation::none_key;
pub(crate) use crate::operation::verdict;
pub(crate) use crate::statement::dialect;
pub(crate) use crate::statement::insert::{ForgettingInsert, Insert};
pub(crate) use crate::statement::made_key::KeptVersion;
pub(crate) use crate::statement::select::{CurrentVersion, PresentVersion};
pub(crate) use crate::statement::update::ReturningVersion;
pub(crate) use crate::transaction::journal;
pub(crate) use crate::transaction::unanswered::Unanswered;
pub(crate) use crate::version::generator::VersionGenerator;

macro_rules! operations {
    ($wing:ident $(, $async:ident, $await:ident, $send:ident)?) => {
        $($async)? fn insert(&mut self, conn: &mut C) -> Result<(), Error> {
            let sent = Unanswered::of_new_thing(&*self);
            let first = match $crate::$wing::send::InFlight::begin(conn) {
                Ok(mut conn) => {
                    let first = self.put_new(Operation::Insert, &mut *conn)$(.$await)?;
                    conn.land_with(&first);
                    first
                }
                Err(error) => Err(error.into()),
            };
            let first = sent.ended(first)?;
            journal::made(self, first);
            Ok(())
        }

        /// The version that the new row has.
        $($async)? fn put_new(&self, operation: Operation, conn: &mut C) -> Result<M::Version, Error> {
            if none_key::may_make_key::<C::Backend, M>(self) {
                return $crate::$wing::send::boxed(self.put_new_and_look(operation, conn))$(.$await)?;
            }
            if M::Generator::BY_DATABASE {
                return $crate::$wing::send::boxed(self.put_new_generated(operation, conn))$(.$await)?;
            }
            let sent = Unanswered::of_new(std::slice::from_ref(self), Some(M::Generator::initial()));
            let insert = Insert::new(self, sent.next.as_ref());
            let refused = match $crate::$wing::send::ExecuteDsl::execute(insert, conn)$(.$await)? {
                Ok(rows) => match sent.answered() {
                    Some(first) if rows > 0 => return Ok(first),
                    _ => None,
                },
                Err(error) => match sent.ended_by(error.into()) {
                    Error::Database(error) => Some(error),
                    error => return Err(error),
                },
            };
            Err(self.taken(operation, refused, conn)$(.$await)?)
        }
    };
}

/// What keeps a row from being made.
macro_rules! taken_operations {
    ($wing:ident $(, $async:ident, $await:ident, $send:ident)?) => {
        /// Why a row was not made. `refused` is the database's error, if it is one.
        $($async)? fn taken(&self, operation: Operation, mut refused: Option<DieselError>, conn: &mut C) -> Error {
            if let Some(error) = refused.take_if(|error| verdict::is_not_by_key::<C::Backend>(error, &$crate::$wing::send::depth(conn))) {
                return error.into();
            }
            let actual = $crate::$wing::send::rare_version::<M, _, _>(PresentVersion::of_taken(self), conn)$(.$await)?;
            let error = verdict::taken(operation, self, refused, actual);
            match error {
                Error::Exists(exists) if M::MARK.is_some() && exists.actual().is_some() => {
                    $crate::$wing::send::boxed(self.taken_by(exists, conn))$(.$await)?
                }
                error => error,
            }
        }

        /// Whether the row that has the key is deleted by a mark.
        $($async)? fn taken_by(&self, exists: ExistsError, conn: &mut C) -> Error {
            let look = PresentVersion::of_taken(self).of_there();
            match $crate::$wing::send::rare_version::<M, _, _>(look, conn)$(.$await)? {
                Err(DieselError::NotFound) => exists.that_is_deleted().into(),
                _ => exists.into(),
            }
        }
    };
}

/// What reads back what the database has made of the row.
macro_rules! looked_at_operations {
    ($wing:ident $(, $async:ident, $await:ident, $send:ident)?) => {
        /// Of a row whose key the database may take for none, and make another one: whether it is there under its own is asked.
        $($async)? fn put_new_and_look(&self, operation: Operation, conn: &mut C) -> Result<M::Version, Error> {
            let first = if M::Generator::BY_DATABASE { None } else { Some(M::Generator::initial()) };
            let begun = $crate::$wing::send::begin(conn)$(.$await)??;
            let insert = ForgettingInsert(Insert::new(self, first.as_ref()));
            let made = match $crate::$wing::send::ExecuteDsl::execute(insert, conn)$(.$await)? {
                Ok(0) => Err(self.taken(operation, None, conn)$(.$await)?),
                Ok(_) => match $crate::$wing::send::rare_version::<M, _, _>(KeptVersion::of(self), conn)$(.$await)? {
                    Ok(made) => Ok(made),
                    Err(DieselError::NotFound) => Err(none_key::key_is_made(self)),
                    Err(error) => Err(verdict::unread(self, error)),
                },
                Err(error) => Err(self.taken(operation, Some(error), conn)$(.$await)?),
            };
            let made = made.map(|made| first.unwrap_or(made));
            $crate::$wing::send::end(made, begun, conn)$(.$await)?
        }

        /// The same where the database makes the version, which is read back.
        $($async)? fn put_new_generated(&self, operation: Operation, conn: &mut C) -> Result<M::Version, Error> {
            if dialect::sees_triggers_when_returning::<C::Backend>() {
                let returning = ReturningVersion(Insert::new(self, None));
                return match $crate::$wing::send::versions::<M, _, _>(returning, conn)$(.$await)? {
                    Ok(mut made) => match made.pop() {
                        Some(first) => Ok(first),
                        None => Err(self.taken(operation, None, conn)$(.$await)?),
                    },
                    Err(error) => Err(self.taken(operation, Some(error), conn)$(.$await)?),
                };
            }
            let begun = $crate::$wing::send::begin(conn)$(.$await)??;
            let made = self.put_new_and_read(operation, conn)$(.$await)?;
            $crate::$wing::send::end(made, begun, conn)$(.$await)?
        }

        /// In a transaction that is rolled back if it fails.
        $($async)? fn put_new_and_read(&self, operation: Operation, conn: &mut C) -> Result<M::Version, Error> {
            match $crate::$wing::send::ExecuteDsl::execute(Insert::new(self, None), conn)$(.$await)? {
                Ok(0) => Err(self.taken(operation, None, conn)$(.$await)?),
                Ok(_) => {
                    let look = CurrentVersion::of_any(self);
                    let made = $crate::$wing::send::rare_version::<M, _, _>(look, conn)$(.$await)?;
                    made.map_err(|error| verdict::unread(self, error))
                }
                Err(error) => Err(self.taken(operation, Some(error), conn)$(.$await)?),
            }
        }
    };
}

pub(crate) use {looked_at_operations, operations, taken_operations};
