//! `AsyncMysqlConnection::try_from` keeps the driver's setting, by which MySQL counts changed rows and not found ones.

use diesel_async::AsyncMysqlConnection;
use occ_runtime::AsyncOptimisticDsl as _;
use occ_tests::database::TestDatabase as _;

use super::cell::connect;
use super::product::load;

crate::scenarios::scenarios! {
    async fn a_save_that_changes_only_the_version_is_no_conflict_where_changed_rows_are_counted(database) {
        let mut product = load(1, &mut connect(database).await).await;
        let driver = mysql_async::Conn::from_url(database.url()).await.unwrap();
        let conn = &mut AsyncMysqlConnection::try_from(driver).await.unwrap();
        product.save_optimistic(conn).await.unwrap();
        product.touch_optimistic(conn).await.unwrap();
        assert_eq!((product.version, load(1, conn).await.version), (3, 3));
    }
}
