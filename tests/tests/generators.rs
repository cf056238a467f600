//! What generators make, without a database.
#![cfg(feature = "version_types")]

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use occ_runtime::{
    DatabaseGenerated, Timestamp, UuidV4, UuidV7, VersionGenerator,
    version::{Clock, Micros, Millis, PointInTime, Precision, Seconds},
};

/// Before 1970, and between two nanoseconds of every unit.
struct Past;

impl Clock for Past {
    fn now() -> SystemTime {
        UNIX_EPOCH - Duration::new(86_400, 123_456_789)
    }
}

struct Nanoseconds;

impl Clock for Nanoseconds {
    fn now() -> SystemTime {
        UNIX_EPOCH + Duration::new(1_700_000_000, 999_999_999)
    }
}

/// Whole units of `P`, not later than the clock, for the first version and for one after `old`.
fn assert_cut<P: Precision, C: Clock, V: PointInTime>(old: &V) {
    let nano = Duration::from_nanos(1);
    let unit = i128::try_from(P::UNIT.as_nanos()).unwrap();
    let first: V = Timestamp::<P, C>::initial();
    let next: V = Timestamp::<P, C>::next(old).unwrap();
    for version in [&first, &next] {
        assert_eq!(version.units_since_epoch(nano).rem_euclid(unit), 0, "{version:?}");
        assert!(
            version.units_since_epoch(nano) <= C::now().units_since_epoch(nano),
            "{version:?} is not rounded up"
        );
        assert!(version.units_since_epoch(nano) > C::now().units_since_epoch(nano) - unit, "{version:?}");
    }
}

#[test]
fn a_timestamp_is_cut_to_its_unit_and_never_rounded_up() {
    fn all<V: PointInTime>() {
        let old = V::from_units(-200_000, Duration::from_secs(1)).unwrap();
        assert_cut::<Seconds, Nanoseconds, V>(&old);
        assert_cut::<Millis, Nanoseconds, V>(&old);
        assert_cut::<Micros, Nanoseconds, V>(&old);
        assert_cut::<Seconds, Past, V>(&old);
        assert_cut::<Millis, Past, V>(&old);
        assert_cut::<Micros, Past, V>(&old);
    }
    all::<SystemTime>();
    all::<chrono::NaiveDateTime>();
    all::<chrono::DateTime<chrono::Utc>>();
    all::<time::OffsetDateTime>();
    all::<time::PrimitiveDateTime>();
}

#[test]
fn a_finer_version_than_the_unit_is_followed_by_the_next_whole_unit() {
    let old = UNIX_EPOCH + Duration::new(4_000_000_000, 1_500_000);
    assert_eq!(
        Timestamp::<Millis>::next(&old).unwrap(),
        UNIX_EPOCH + Duration::new(4_000_000_000, 2_000_000)
    );
}

#[test]
fn the_last_point_in_time_has_no_successor() {
    fn refused<V: PointInTime>(last: &V) {
        let error = Timestamp::<Micros>::next(last).unwrap_err();
        assert!(error.to_string().contains("is exhausted"), "{error}");
    }
    refused(&chrono::NaiveDateTime::MAX);
    refused(&chrono::DateTime::<chrono::Utc>::MAX_UTC);
    refused(&time::PrimitiveDateTime::MAX);
    refused(&i64::MAX);
}

#[test]
fn uuids_say_their_version_and_never_repeat() {
    let mut seen = std::collections::HashSet::new();
    let mut last = uuid::Uuid::nil();
    for _ in 0..10_000 {
        let random: uuid::Uuid = UuidV4::next(&last).unwrap();
        let timed: uuid::Uuid = UuidV7::next(&last).unwrap();
        assert_eq!((random.get_version_num(), timed.get_version_num()), (4, 7));
        assert!(timed > last, "timed ones of one process grow");
        assert!(seen.insert(random) && seen.insert(timed));
        last = timed;
    }
}

#[test]
fn the_database_makes_its_versions_itself() {
    assert_eq!(<DatabaseGenerated as VersionGenerator<i32>>::initial(), 0);
    assert_eq!(<DatabaseGenerated as VersionGenerator<String>>::initial(), "");
    let refused = DatabaseGenerated::next(&1).unwrap_err();
    assert!(refused.to_string().starts_with("the database makes the versions of this column"), "{refused}");
}
