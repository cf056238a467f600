//! The save of one attempt of `modify`.
#![allow(
    unused_imports,
    reason = "the bodies below name them where they are expanded, in `blocking` and `asynchronous`; several files name the same"
)]

pub(crate) use crate::error::Error;
pub(crate) use crate::error::stale::Operation;
pub(crate) use crate::model::columns::Columns;
pub(crate) use crate::model::optimistic_lock::next_version;
pub(crate) use crate::operation::verdict;
pub(crate) use crate::statement::assign::WholeRow;
pub(crate) use crate::statement::update::Update;
pub(crate) use crate::transaction::journal;
pub(crate) use crate::version::generator::VersionGenerator;

macro_rules! operations {
    ($wing:ident $(, $async:ident, $await:ident, $send:ident)?) => {
        /// A save that, if it is lost, is not followed by the question why: the next attempt reads the row anyway. Where the
        /// version is read back, or the key may meet several rows, that is one statement with the write, and is asked.
        $($async)? fn save_unasked(&mut self, conn: &mut C) -> Result<(), Error> {
            if M::Generator::BY_DATABASE || M::UNIQUE_KEY {
                let saved = self.write(Operation::Save, None, WholeRow, conn);
                return $crate::$wing::send::boxed(saved)$(.$await)?;
            }
            <M as Columns<C::Backend>>::written_once()?;
            let expected = self.version();
            let next = next_version::<M>(expected)?;
            let mut conn = $crate::$wing::send::InFlight::begin(conn)?;
            let update = Update::new(self, WholeRow, Some(&next), Some(expected));
            let rows = $crate::$wing::send::ExecuteDsl::execute(update, &mut *conn)$(.$await)?;
            conn.land_with(&rows);
            match rows? {
                1 => journal::moved_on(self, next),
                rows => return Err(verdict::lost(Operation::Save, self, expected, rows)),
            }
            Ok(())
        }
    };
}

pub(crate) use operations;
