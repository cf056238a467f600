//! The events of the feature `tracing`.

use occ_runtime::Error;
use occ_tests::cell::Backend;
use occ_tests::events;

use super::cell::{KNOWN_AS, connect, modify_with, overwrite, retry, save};
use super::product::{Product, load};
use super::retry::{at_once, somebody_saves};

super::scenarios! {
    async fn a_conflict_is_an_event_with_the_row_and_its_versions(database) {
        let conn = &mut connect(database).await;
        let mut old = load(1, conn).await;
        somebody_saves(database);
        let _before = events::take();
        save(&mut old, conn).await.unwrap_err();
        assert_eq!(
            events::take(),
            ["DEBUG conflict table=products key=1 operation=save expected=1 actual=2"]
        );
        save(&mut load(1, conn).await, conn).await.unwrap();
        assert_eq!(events::take(), [] as [&str; 0]);
    }

    async fn each_retry_and_the_escalation_are_events_with_their_attempt(database) {
        let conn = &mut connect(database).await;
        let _before = events::take();
        let mut attempt = 0;
        modify_with(&at_once().escalate_after(1), 1, conn, |product: &mut Product| {
            attempt += 1;
            if attempt == 1 {
                somebody_saves(database);
            }
            product.name = "a secret".into();
        })
        .await
        .unwrap();
        let mut expected = vec![
            "DEBUG conflict table=products key=1 operation=save expected=1",
            "DEBUG retry table=products attempt=1 reason=stale key=1 expected=1 delay=0ns",
        ];
        if KNOWN_AS != Backend::Sqlite {
            expected.push("DEBUG escalation table=products attempt=2 reason=stale key=1 expected=1");
        }
        assert_eq!(events::take(), expected);
    }

    async fn an_overwrite_is_a_warning_with_the_row_and_its_versions(database) {
        let conn = &mut connect(database).await;
        let mut mine = load(1, conn).await;
        somebody_saves(database);
        let _before = events::take();
        overwrite(&mut mine, conn).await.unwrap();
        assert_eq!(
            events::take(),
            ["WARN overwrite table=products key=1 expected=1 overwritten=2 version=3"]
        );
    }

    async fn giving_up_is_a_warning(database) {
        let conn = &mut connect(database).await;
        let old = load(1, conn).await;
        somebody_saves(database);
        let _before = events::take();
        let result: Result<(), Error> =
            retry(&at_once().attempts(1), conn, async |conn| save(&mut old.clone(), conn).await).await;
        assert!(matches!(result, Err(Error::RetriesExhausted(_))));
        assert_eq!(
            events::take(),
            [
                "DEBUG conflict table=products key=1 operation=save expected=1 actual=2",
                "WARN give-up table=products attempt=1 reason=stale key=1 expected=1 actual=2",
            ]
        );
    }
}
