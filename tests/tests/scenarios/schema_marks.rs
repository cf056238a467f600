//! What `check_schema` finds of the column that says that a row is deleted.

use occ_runtime::OptimisticLock;
use occ_runtime::schema::FindingKind;
use occ_tests::cell::Backend;

use super::cell::{BACKEND, Conn, batch, connect};
use super::schema::{is_cured, is_found, is_right};

diesel::table! {
    marked (id) { id -> Integer, deleted_at -> Nullable<Timestamp>, version -> Integer }
}

#[derive(OptimisticLock)]
#[diesel(table_name = marked)]
struct Timed {
    id: i32,
    #[occ(soft_delete)]
    deleted_at: Option<chrono::NaiveDateTime>,
    version: i32,
}

mod flagged {
    diesel::table! {
        marked (id) { id -> Integer, deleted_at -> Bool, version -> Integer }
    }

    #[derive(occ_runtime::OptimisticLock)]
    #[diesel(table_name = marked)]
    pub(super) struct Flagged {
        id: i32,
        #[occ(soft_delete)]
        deleted_at: bool,
        version: i32,
    }
}

async fn make(column: &str, conn: &mut Conn) {
    batch("DROP TABLE IF EXISTS marked", conn).await.unwrap();
    let ddl = format!(
        "CREATE TABLE marked (id INTEGER PRIMARY KEY, deleted_at {column}, version INTEGER NOT NULL)"
    );
    batch(&ddl, conn).await.unwrap();
}

super::scenarios! {
    async fn a_mark_is_a_flag_that_is_there_or_a_time_that_need_not_be(database) {
        let conn = &mut connect(database).await;
        let time = if BACKEND == Backend::Mysql { "DATETIME(6)" } else { "TIMESTAMP" };
        make(&format!("{time} NULL"), conn).await;
        is_right::<Timed>(conn).await;
        make("BOOLEAN NOT NULL", conn).await;
        is_right::<flagged::Flagged>(conn).await;
        make("BOOLEAN", conn).await;
        batch("INSERT INTO marked VALUES (1, NULL, 1)", conn).await.unwrap();
        // SQLite alters no column.
        if BACKEND == Backend::Sqlite {
            is_found::<flagged::Flagged>(FindingKind::MarkNullable, conn).await;
            make(&format!("{time} NOT NULL"), conn).await;
            is_found::<Timed>(FindingKind::MarkNotNull, conn).await;
            return;
        }
        is_cured::<flagged::Flagged>(&[FindingKind::MarkNullable], conn).await;
        let conn = &mut connect(database).await;
        make(&format!("{time} NOT NULL"), conn).await;
        is_cured::<Timed>(&[FindingKind::MarkNotNull], conn).await;
        for coarse in if BACKEND == Backend::Mysql { ["DATETIME", "DATETIME(3)"] } else { ["TIMESTAMP(0)", "TIMESTAMPTZ(3)"] } {
            let conn = &mut connect(database).await;
            make(&format!("{coarse} NULL"), conn).await;
            is_cured::<Timed>(&[FindingKind::MarkTooCoarse], conn).await;
        }
    }
}
