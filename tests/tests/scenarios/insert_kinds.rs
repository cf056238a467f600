//! What else a new row may have: other keys, fields that no save writes, and versions that others make.

use diesel::prelude::*;
use diesel::sql_types::Text;
use occ_runtime::{DatabaseGenerated, Error, Expect, OptimisticLock, Upserted};
use occ_tests::cell::Backend;

#[cfg(feature = "version_types")]
use super::cell::save;
use super::cell::{BACKEND, KNOWN_AS, batch, connect, first, insert, insert_all, record, reload, upsert};
use super::insert::on_conflict;
use super::product::products;

diesel::table! {
    places (shelf, slot) {
        shelf -> Text,
        slot -> Integer,
        #[sql_name = "item name"]
        item -> Text,
        seen -> Integer,
        stamp -> BigInt,
    }
}

/// Is stored in capitals.
#[derive(Debug, diesel::expression::AsExpression)]
#[diesel(sql_type = Text)]
pub struct Capitals(String);

impl From<String> for Capitals {
    fn from(text: String) -> Self {
        Self(text.to_uppercase())
    }
}

impl<DB> diesel::serialize::ToSql<Text, DB> for Capitals
where
    DB: diesel::backend::Backend,
    String: diesel::serialize::ToSql<Text, DB>,
{
    fn to_sql<'b>(&'b self, out: &mut diesel::serialize::Output<'b, '_, DB>) -> diesel::serialize::Result {
        self.0.to_sql(out)
    }
}

#[derive(Clone, Debug, PartialEq, Queryable, Selectable, OptimisticLock)]
#[diesel(table_name = places, primary_key(shelf, slot))]
struct Place {
    #[occ(version)]
    stamp: i64,
    slot: i32,
    #[diesel(serialize_as = Capitals)]
    item: String,
    #[occ(unversioned)]
    seen: i32,
    shelf: String,
}

#[derive(Clone, Debug, PartialEq, Queryable, Selectable, OptimisticLock)]
#[diesel(table_name = products)]
struct Generated {
    id: i32,
    name: String,
    quantity: i32,
    #[occ(version, generator = DatabaseGenerated)]
    #[diesel(skip_update)]
    version: i32,
}

fn place(slot: i32) -> Place {
    Place { stamp: 0, slot, item: "box".into(), seen: 4, shelf: "left".into() }
}

const PLACES: &str = "CREATE TABLE places (shelf VARCHAR(20) NOT NULL, slot INTEGER NOT NULL, \
     NAME VARCHAR(20) NOT NULL, seen INTEGER NOT NULL, stamp BIGINT NOT NULL, PRIMARY KEY (shelf, slot))";

super::scenarios! {
    async fn a_composite_key_and_all_that_a_save_leaves_alone_is_inserted(database) {
        let conn = &mut connect(database).await;
        let name = if BACKEND == Backend::Mysql { "`item name`" } else { "\"item name\"" };
        batch(&PLACES.replace("NAME", name), conn).await.unwrap();
        let mut one = place(1);
        let recorder = record(conn);
        insert(&mut one, conn).await.unwrap();
        let sent = recorder.take();
        assert_eq!(sent.len(), 1, "{sent:?}");
        assert!(sent[0].starts_with(&format!(
            "INSERT INTO places (slot, shelf, item name, seen, stamp) VALUES (?, ?, ?, ?, ?){}",
            on_conflict("slot, shelf")
        )), "{sent:?}");
        assert_eq!(one, Place { stamp: 1, ..place(1) });
        reload(&mut one, conn).await.unwrap();
        assert_eq!(one, Place { stamp: 1, item: "BOX".into(), ..place(1) });
        let Err(Error::Exists(exists)) = insert(&mut place(1), conn).await else { panic!("it is there") };
        assert_eq!((exists.key(), exists.actual()), ("(1, \"left\")", Some("1")));
        // As a save does, an upsert leaves alone what is not its own.
        let mut other = Place { seen: 9, item: "can".into(), ..place(1) };
        assert_eq!(upsert(&mut other, Expect::Any, conn).await.unwrap(), Upserted::Updated);
        reload(&mut other, conn).await.unwrap();
        assert_eq!(other, Place { stamp: 2, item: "CAN".into(), ..place(1) });
        let mut more = vec![place(2), place(3)];
        insert_all(&mut more, conn).await.unwrap();
        assert!(more.iter().all(|place| place.stamp == 1));
    }

    async fn a_version_that_the_database_makes_is_left_out_and_read_back(database) {
        let conn = &mut connect(database).await;
        batch("ALTER TABLE products ALTER COLUMN version SET DEFAULT 41", conn).await.or_else(|error| {
            // SQLite changes no column.
            if BACKEND == Backend::Sqlite { Ok(()) } else { Err(error) }
        }).unwrap();
        if BACKEND == Backend::Sqlite {
            batch(
                "DROP TABLE products;
                 CREATE TABLE products (id INTEGER PRIMARY KEY, name TEXT NOT NULL, quantity INTEGER NOT NULL, \
                 version INTEGER NOT NULL DEFAULT 41);",
                conn,
            )
            .await
            .unwrap();
        }
        let new = |id| Generated { id, name: "new".into(), quantity: 1, version: 0 };
        let mut one = new(11);
        let recorder = record(conn);
        insert(&mut one, conn).await.unwrap();
        let sent: Vec<_> = recorder.take().into_iter().filter(|sql| sql.contains("products")).collect();
        let insert_text =
            format!("INSERT INTO products (id, name, quantity) VALUES (?, ?, ?){}", on_conflict("id"));
        if KNOWN_AS == Backend::Postgres {
            assert_eq!(sent, [format!("{insert_text} RETURNING version -- [11, \"new\", 1]")]);
        } else {
            assert_eq!(sent, [
                format!("{insert_text} -- [11, \"new\", 1]"),
                "SELECT version FROM products WHERE id = ? -- [11]".to_owned(),
            ]);
        }
        assert_eq!(one, Generated { version: 41, ..new(11) });
        let row: Generated = first(products::table.find(11).select(Generated::as_select()), conn).await.unwrap();
        assert_eq!(row, one);
        let Err(Error::Exists(exists)) = insert(&mut new(11), conn).await else { panic!("it is there") };
        assert_eq!(exists.actual(), Some("41"));
        let mut more = vec![new(12), new(13)];
        insert_all(&mut more, conn).await.unwrap();
        assert!(more.iter().all(|row| row.version == 41));
        // Without a trigger an update is refused, and what it has written is rolled back.
        let mut without = new(12);
        assert!(matches!(upsert(&mut without, Expect::Any, conn).await, Err(Error::Version(_))) || KNOWN_AS == Backend::Postgres);
        assert_eq!(without.version, 0);
    }
}

#[cfg(feature = "version_types")]
mod random {
    use diesel::prelude::*;
    use occ_runtime::UuidV4;

    diesel::table! {
        notes (id) {
            id -> Integer,
            text -> Text,
            version -> Text,
        }
    }

    #[derive(Clone, Debug, PartialEq, Queryable, Selectable, occ_runtime::OptimisticLock)]
    #[diesel(table_name = notes)]
    pub struct Note {
        pub id: i32,
        pub text: String,
        #[occ(version, generator = UuidV4)]
        pub version: String,
    }
}

#[cfg(feature = "version_types")]
super::scenarios! {
    async fn random_versions_differ_from_row_to_row(database) {
        use super::cell::create_if_absent;
        use random::{Note, notes};
        let conn = &mut connect(database).await;
        batch(
            "CREATE TABLE notes (id INTEGER PRIMARY KEY, text VARCHAR(20) NOT NULL, version VARCHAR(36) NOT NULL)",
            conn,
        )
        .await
        .unwrap();
        let new = |id| Note { id, text: "x".into(), version: String::new() };
        let mut all: Vec<Note> = [3, 5, 1, 4, 2].map(new).into();
        insert_all(&mut all, conn).await.unwrap();
        let mut six = new(6);
        insert(&mut six, conn).await.unwrap();
        all.push(six);
        let values = (notes::id.eq(7), notes::text.eq("x"));
        all.push(create_if_absent(values, 7, conn).await.unwrap().into_row());
        let mut replaced = new(7);
        assert_eq!(upsert(&mut replaced, Expect::Any, conn).await.unwrap(), Upserted::Updated);
        all.push(replaced);
        let versions: std::collections::HashSet<_> = all.iter().map(|note| &note.version).collect();
        assert_eq!(versions.len(), 8);
        all.swap_remove(6);
        for note in &mut all {
            assert_eq!(note.version.len(), 36);
            save(note, conn).await.unwrap();
        }
    }
}
