//! A table that is altered while a transaction is open.

use occ_runtime::{Error, Transient};

use super::cell::{batch, begin, connect, reload, rollback, save};
use super::product::load;

super::scenarios! {
    async fn a_table_that_is_altered_after_the_snapshot_is_retryable(database) {
        let (a, b) = (&mut connect(database).await, &mut connect(database).await);
        let mut lamp = load(1, a).await;
        let before = lamp.clone();
        batch("CREATE TABLE others (id INTEGER PRIMARY KEY)", b).await.unwrap();
        batch("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ", a).await.unwrap();
        begin(a).await.unwrap();
        batch("SELECT * FROM others", a).await.unwrap();
        batch("ALTER TABLE products ADD COLUMN more INTEGER, ALGORITHM = COPY", b).await.unwrap();
        let error = reload(&mut lamp, a).await.unwrap_err();
        assert!(error.is_retryable(), "{error:?}");
        let Error::Database(cause) = &error else { panic!("{error:?}") };
        assert_eq!(Transient::of(cause), Some(Transient::TableChanged), "{error:?}");
        assert_eq!(lamp, before);
        rollback(a).await.unwrap();
        save(&mut lamp, a).await.unwrap();
    }
}
