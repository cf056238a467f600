//! Asks the catalog about the table of a struct.
#![allow(
    unused_imports,
    reason = "the bodies below name them where they are expanded, in `blocking` and `asynchronous`; several files name the same"
)]

pub(crate) use crate::error::Error;
pub(crate) use crate::schema::finding::Finding;
pub(crate) use crate::schema::inquiry::Inquiry;

/// The body of `ChecksSchemaOn` and of its async twin.
macro_rules! check_schema {
    ($wing:ident $(, $async:ident, $await:ident, $send:ident)?) => {
        $($async)? fn check(conn: &mut C) -> Result<Vec<Finding>, Error> {
            let mut conn = $crate::$wing::send::InFlight::begin(conn)?;
            let mut inquiry = Inquiry::of::<M>();
            let mut asked = Ok(());
            while let (Ok(()), Some(question)) = (&asked, inquiry.question()) {
                asked = $crate::$wing::send::all(question, &mut *conn)$(.$await)?.map(|answers| inquiry.learn(answers));
            }
            conn.land_with(&asked);
            asked?;
            Ok(inquiry.findings())
        }
    };
}

pub(crate) use check_schema;
