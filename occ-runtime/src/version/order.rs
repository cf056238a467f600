//! Which of two versions is the later one.

use std::any::Any;
use std::iter;

use crate::version::database::is_xmin;
use crate::version::generator::VersionGenerator;

/// Whether a version is a later one than another, as far as that can be told: by their order, or by the steps of the generator
/// that lead to it.
pub(crate) fn is_later<V, G>(version: &V, than: &V) -> bool
where
    V: PartialEq + Clone + 'static,
    G: VersionGenerator<V>,
{
    const STEPS: usize = 64;
    if let Some((version, than)) = place(version).zip(place(than)) {
        return version > than;
    }
    if is_unique::<V>() {
        return false;
    }
    let steps = iter::successors(Some(than.clone()), |last| G::next(last).ok());
    steps.skip(1).take(STEPS).any(|step| step == *version)
}

/// Where the version is in the order of its type, if it is an integer or a time.
fn place(version: &dyn Any) -> Option<i128> {
    macro_rules! integer {
        ($($integer:ty)*) => {
            None$(.or_else(|| version.downcast_ref::<$integer>().map(|number| i128::from(*number))))*
        };
    }
    let place = integer!(i8 i16 i32 i64 u8 u16 u32 u64);
    #[cfg(feature = "chrono")]
    let place = place
        .or_else(|| version.downcast_ref().map(chrono::NaiveDateTime::and_utc).as_ref().map(since_epoch))
        .or_else(|| version.downcast_ref().map(since_epoch));
    #[cfg(feature = "time")]
    let place = place
        .or_else(|| {
            version
                .downcast_ref()
                .map(|time: &time::PrimitiveDateTime| time.assume_utc())
                .map(time::OffsetDateTime::unix_timestamp_nanos)
        })
        .or_else(|| version.downcast_ref::<time::OffsetDateTime>().map(|time| time.unix_timestamp_nanos()));
    place
}

#[cfg(feature = "chrono")]
fn since_epoch(time: &chrono::DateTime<chrono::Utc>) -> i128 {
    i128::from(time.timestamp()) * 1_000_000_000 + i128::from(time.timestamp_subsec_nanos())
}

/// Whether nobody else can come to the same version.
pub(crate) fn is_unique<V: 'static>() -> bool {
    #[cfg(feature = "uuid")]
    if std::any::TypeId::of::<V>() == std::any::TypeId::of::<::uuid::Uuid>() {
        return true;
    }
    is_xmin::<V>()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn integers_have_the_place_of_their_number() {
        assert_eq!(place(&-3_i8), Some(-3));
        assert_eq!(place(&u64::MAX), Some(i128::from(u64::MAX)));
        assert_eq!(place(&"a"), None);
    }

    #[cfg(feature = "chrono")]
    #[test]
    fn times_have_the_place_of_their_nanosecond() {
        let time = chrono::DateTime::from_timestamp(2, 7).unwrap();
        assert_eq!(place(&time), Some(2_000_000_007));
        assert_eq!(place(&time.naive_utc()), Some(2_000_000_007));
    }

    #[cfg(feature = "time")]
    #[test]
    fn times_of_the_other_crate_too() {
        let time = time::OffsetDateTime::from_unix_timestamp_nanos(2_000_000_007).unwrap();
        assert_eq!(place(&time), Some(2_000_000_007));
        assert_eq!(place(&time::PrimitiveDateTime::new(time.date(), time.time())), Some(2_000_000_007));
    }
}
