// Included for each mode, blocking or async, whose cell it uses; hence no `//!`.

/// The primary's and the standby's URL.
fn servers() -> Option<(String, String)> {
    let urls = std::env::var("OCC_TEST_REPLICA_URLS").ok();
    if urls.is_none() {
        occ_tests::report::skipped(
            std::thread::current().name().unwrap_or("a standby").to_owned(),
            "set OCC_TEST_REPLICA_URLS to the primary's and the standby's, comma separated; tests/servers start replica DIR \
             prints them",
        );
    }
    urls?.split_once(',').map(|(primary, standby)| (primary.to_owned(), standby.to_owned()))
}

async fn is_true(condition: &str, conn: &mut Conn) -> bool {
    first(diesel::select(diesel::dsl::sql::<diesel::sql_types::Bool>(condition)), conn).await.unwrap()
}

/// Until the standby has applied all that the primary has written.
async fn wait_for(standby: &mut Conn, primary: &mut Conn) {
    let at = diesel::dsl::sql::<diesel::sql_types::Text>("pg_current_wal_lsn()::text");
    let at: String = first(diesel::select(at), primary).await.unwrap();
    while !is_true(&format!("pg_last_wal_replay_lsn() >= '{at}'"), standby).await {
        std::thread::yield_now();
    }
}

#[test]
fn a_row_that_was_read_from_a_standby_that_is_behind_is_stale_and_no_update_is_lost() {
    // Blocking and async code stop the same standby.
    let _alone = super::STANDBY.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    let Some((primary_url, standby_url)) = servers() else { return };
    let database = Database::create_on(&primary_url);
    block_on(async {
        product::create_table(&database).await;
        let (primary, other) = (&mut connect(&database).await, &mut connect(&database).await);
        let standby = &mut connect_to(&standby_url, &database).await;
        wait_for(standby, primary).await;
        batch("SELECT pg_wal_replay_pause()", standby).await.unwrap();
        while !is_true("pg_get_wal_replay_pause_state() = 'paused'", standby).await {
            std::thread::yield_now();
        }
        let mut theirs = product::load(1, other).await;
        theirs.quantity = 11;
        save(&mut theirs, other).await.unwrap();

        // It is read where it is old, and saved where it is not.
        let mut mine = product::load(1, standby).await;
        mine.quantity += 100;
        let before = mine.clone();
        let Err(Error::Stale(stale)) = save(&mut mine, primary).await else { panic!("it was read from the standby") };
        assert_eq!((stale.expected(), stale.actual(), stale.is_from_old_snapshot()), ("1", Some("2"), false));
        assert_eq!((&mine, product::load(1, primary).await), (&before, theirs.clone()));
        // Read anew there, it is as old as before; on the primary, it is right.
        reload(&mut mine, standby).await.unwrap();
        assert!(save(&mut mine, primary).await.unwrap_err().is_stale());
        reload(&mut mine, primary).await.unwrap();
        mine.quantity += 100;
        save(&mut mine, primary).await.unwrap();
        assert_eq!((mine.quantity, mine.version), (111, 3));

        // A save that was sent to the standby is refused, and its connection leads to the wrong place.
        let error = save(&mut mine, standby).await.unwrap_err();
        assert!(error.needs_new_connection() && !error.is_retryable(), "{error:?}");
        batch("SELECT pg_wal_replay_resume()", standby).await.unwrap();
        wait_for(standby, primary).await;
        assert_eq!(product::load(1, standby).await, mine);
    });
}
