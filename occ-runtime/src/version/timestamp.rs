//! Versions that say when the row was written.

use std::fmt::Debug;
use std::marker::PhantomData;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use crate::error::refused::VersionError;
use crate::version::generator::{DefaultGenerator, VersionGenerator};

/// The time of each write, always later than the version before. The default of all types that hold a point in time.
///
/// `P` is what the column stores: [`Micros`], [`Millis`] or [`Seconds`]. The value is cut to it before it is bound, so
/// that what is in memory is what the row will be read as: PostgreSQL's `timestamp(3)` would round it otherwise, and
/// MySQL's `DATETIME(3)` cut it. If the clock stands still, runs backwards or ticks too coarsely, the version before is
/// counted up by one unit of `P`: it never repeats, and may run ahead of the clock for a while.
///
/// `C` is the [`Clock`]; tests can bring their own.
///
/// | field | needs | columns |
/// |---|---|---|
/// | `chrono::NaiveDateTime` | feature `chrono` | `timestamp`, `DATETIME(6)`, SQLite's text |
/// | `chrono::DateTime<Utc>` | feature `chrono` | `timestamptz`, SQLite's text |
/// | `time::PrimitiveDateTime` | feature `time` | `timestamp`, `DATETIME(6)`, SQLite's text |
/// | `time::OffsetDateTime` | feature `time` | `timestamptz`, SQLite's text |
/// | `std::time::SystemTime` | | PostgreSQL's `timestamp` |
/// | `i64`, named explicitly | | `BIGINT` holding units of `P` since 1970 |
///
/// MySQL's `DATETIME` and `TIMESTAMP` without `(6)` store whole seconds: name `Timestamp<Seconds>` there, or widen the
/// column. SQLite stores text, and each type writes another one of the same instant (`10:20:30.12`, `.120`, `+00:00`), as do
/// `CURRENT_TIMESTAMP`, `strftime` and other programs. Rows that others write are found all the same: what differs in
/// nothing but a `T`, a `Z` or `+00:00`, and zeros at the end of the fraction, is the same version. Not so what Diesel reads
/// from a number (`julianday()`, `unixepoch()`), or from a text with another offset such as `+02:00`: no save finds it.
///
/// ```
/// use std::time::{Duration, SystemTime};
/// use occ_runtime::{Timestamp, VersionGenerator, version::Millis};
///
/// let first: SystemTime = Timestamp::<Millis>::initial();
/// let tomorrow = first + Duration::from_secs(86_400); // written by a clock that is ahead
/// assert_eq!(Timestamp::<Millis>::next(&tomorrow)?, tomorrow + Duration::from_millis(1));
/// # Ok::<_, occ_runtime::VersionError>(())
/// ```
#[derive(Debug)]
pub struct Timestamp<P = Micros, C = SystemClock>(PhantomData<(P, C)>);

/// The smallest step of a [`Timestamp`].
///
/// ```
/// use occ_runtime::version::{Micros, Precision};
/// assert_eq!(Micros::UNIT.as_nanos(), 1_000);
/// ```
pub trait Precision {
    /// How long a step is.
    const UNIT: Duration;
}

macro_rules! precisions {
    ($($(#[$doc:meta])* $name:ident = $unit:expr;)*) => {$(
        $(#[$doc])*
        ///
        /// ```
        /// use occ_runtime::{Timestamp, VersionGenerator};
        #[doc = concat!("let units_since_1970: i64 = Timestamp::<occ_runtime::version::", stringify!($name), ">::initial();")]
        /// assert!(units_since_1970 > 0);
        /// ```
        #[derive(Debug)]
        #[non_exhaustive]
        pub struct $name;

        impl Precision for $name {
            const UNIT: Duration = $unit;
        }
    )*};
}

precisions! {
    /// Whole seconds, for MySQL's `DATETIME` and `TIMESTAMP` without digits.
    Seconds = Duration::from_secs(1);
    /// Milliseconds, for `timestamp(3)` and `DATETIME(3)`.
    Millis = Duration::from_millis(1);
    /// Microseconds, which is what PostgreSQL's `timestamp` and MySQL's `DATETIME(6)` store.
    Micros = Duration::from_micros(1);
}

/// Tells the time to a [`Timestamp`].
///
/// ```
/// use std::time::{Duration, SystemTime, UNIX_EPOCH};
/// use occ_runtime::{Timestamp, VersionGenerator, version::{Clock, Micros}};
///
/// /// Stands still.
/// struct Frozen;
///
/// impl Clock for Frozen {
///     fn now() -> SystemTime {
///         UNIX_EPOCH + Duration::from_secs(1_000_000_000)
///     }
/// }
///
/// type Version = Timestamp<Micros, Frozen>;
/// let first: SystemTime = Version::initial();
/// assert!(Version::next(&first)? > first);
/// # Ok::<_, occ_runtime::VersionError>(())
/// ```
pub trait Clock {
    /// The present.
    fn now() -> SystemTime;
}

/// The clock of the operating system.
///
/// ```
/// use occ_runtime::version::{Clock, SystemClock};
/// assert!(SystemClock::now() > std::time::UNIX_EPOCH);
/// ```
#[derive(Debug)]
#[non_exhaustive]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now() -> SystemTime {
        SystemTime::now()
    }
}

/// A type that holds a point in time, as a count of units since 1970-01-01 00:00:00 UTC.
///
/// Implement it for a newtype, and [`Timestamp`] makes its versions.
///
/// ```
/// use std::time::Duration;
/// use occ_runtime::{Timestamp, VersionGenerator, version::{Micros, PointInTime}};
///
/// #[derive(Debug)]
/// struct Written(i64);
///
/// impl PointInTime for Written {
///     fn units_since_epoch(&self, unit: Duration) -> i128 {
///         self.0.units_since_epoch(unit)
///     }
///
///     fn from_units(count: i128, unit: Duration) -> Option<Self> {
///         i64::from_units(count, unit).map(Written)
///     }
/// }
///
/// let version: Written = Timestamp::<Micros>::initial();
/// # assert!(version.0 > 0);
/// ```
pub trait PointInTime: Debug + Sized {
    /// How many whole units have passed, rounded towards the past.
    fn units_since_epoch(&self, unit: Duration) -> i128;

    /// The point after so many units, if the type reaches that far.
    fn from_units(count: i128, unit: Duration) -> Option<Self>;
}

#[diagnostic::do_not_recommend]
impl<P: Precision, C: Clock, V: PointInTime> VersionGenerator<V> for Timestamp<P, C> {
    const STEP: Option<Duration> = Some(P::UNIT);

    /// The present; the Unix epoch where the type cannot hold that.
    ///
    /// # Panics
    ///
    /// If the type cannot hold the Unix epoch either, which no type of this crate does.
    fn initial() -> V {
        let now = C::now().units_since_epoch(P::UNIT);
        let point = V::from_units(now, P::UNIT).or_else(|| V::from_units(0, P::UNIT));
        #[expect(
            clippy::expect_used,
            reason = "a type that holds no time at all is a mistake in its PointInTime"
        )]
        point.expect("a point in time can hold 1970-01-01")
    }

    fn next(current: &V) -> Result<V, VersionError> {
        let count = C::now().units_since_epoch(P::UNIT).max(current.units_since_epoch(P::UNIT) + 1);
        V::from_units(count, P::UNIT).ok_or_else(|| VersionError::exhausted(current))
    }
}

/// Nanoseconds since 1970 in whole units, rounded towards the past.
fn units(nanos: i128, unit: Duration) -> i128 {
    nanos.div_euclid(unit_nanos(unit))
}

fn unit_nanos(unit: Duration) -> i128 {
    i128::try_from(unit.as_nanos()).unwrap_or(i128::MAX).max(1)
}

impl PointInTime for SystemTime {
    fn units_since_epoch(&self, unit: Duration) -> i128 {
        let nanos = match self.duration_since(UNIX_EPOCH) {
            Ok(after) => i128::try_from(after.as_nanos()).unwrap_or(i128::MAX),
            Err(before) => -i128::try_from(before.duration().as_nanos()).unwrap_or(i128::MAX),
        };
        units(nanos, unit)
    }

    fn from_units(count: i128, unit: Duration) -> Option<Self> {
        let nanos = count.checked_mul(unit_nanos(unit))?;
        let distance = nanos.unsigned_abs();
        let seconds = u64::try_from(distance / 1_000_000_000).ok()?;
        let distance = Duration::new(seconds, u32::try_from(distance % 1_000_000_000).ok()?);
        if nanos < 0 { UNIX_EPOCH.checked_sub(distance) } else { UNIX_EPOCH.checked_add(distance) }
    }
}

/// Units of the generator's precision since 1970.
impl PointInTime for i64 {
    fn units_since_epoch(&self, _: Duration) -> i128 {
        i128::from(*self)
    }

    fn from_units(count: i128, _: Duration) -> Option<Self> {
        Self::try_from(count).ok()
    }
}

impl DefaultGenerator for SystemTime {
    type Generator = Timestamp;
}

#[cfg(feature = "chrono")]
mod of_chrono {
    use chrono::{DateTime, NaiveDateTime, Utc};

    use super::{DefaultGenerator, Duration, PointInTime, Timestamp, unit_nanos, units};

    impl PointInTime for DateTime<Utc> {
        fn units_since_epoch(&self, unit: Duration) -> i128 {
            let nanos =
                i128::from(self.timestamp()) * 1_000_000_000 + i128::from(self.timestamp_subsec_nanos());
            units(nanos, unit)
        }

        fn from_units(count: i128, unit: Duration) -> Option<Self> {
            let nanos = count.checked_mul(unit_nanos(unit))?;
            let seconds = i64::try_from(nanos.div_euclid(1_000_000_000)).ok()?;
            Self::from_timestamp(seconds, u32::try_from(nanos.rem_euclid(1_000_000_000)).ok()?)
        }
    }

    impl PointInTime for NaiveDateTime {
        fn units_since_epoch(&self, unit: Duration) -> i128 {
            self.and_utc().units_since_epoch(unit)
        }

        fn from_units(count: i128, unit: Duration) -> Option<Self> {
            DateTime::from_units(count, unit).map(|point: DateTime<Utc>| point.naive_utc())
        }
    }

    impl DefaultGenerator for DateTime<Utc> {
        type Generator = Timestamp;
    }

    impl DefaultGenerator for NaiveDateTime {
        type Generator = Timestamp;
    }
}

#[cfg(feature = "time")]
mod of_time {
    use time::{OffsetDateTime, PrimitiveDateTime};

    use super::{DefaultGenerator, Duration, PointInTime, Timestamp, unit_nanos, units};

    impl PointInTime for OffsetDateTime {
        fn units_since_epoch(&self, unit: Duration) -> i128 {
            units(self.unix_timestamp_nanos(), unit)
        }

        fn from_units(count: i128, unit: Duration) -> Option<Self> {
            Self::from_unix_timestamp_nanos(count.checked_mul(unit_nanos(unit))?).ok()
        }
    }

    impl PointInTime for PrimitiveDateTime {
        fn units_since_epoch(&self, unit: Duration) -> i128 {
            self.assume_utc().units_since_epoch(unit)
        }

        fn from_units(count: i128, unit: Duration) -> Option<Self> {
            OffsetDateTime::from_units(count, unit).map(|point| Self::new(point.date(), point.time()))
        }
    }

    impl DefaultGenerator for OffsetDateTime {
        type Generator = Timestamp;
    }

    impl DefaultGenerator for PrimitiveDateTime {
        type Generator = Timestamp;
    }
}
