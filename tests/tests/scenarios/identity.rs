//! What a key or a version prints is for people to read, and decides nothing.

use std::fmt;

use diesel::backend::Backend;
use diesel::deserialize::{self, FromSql, FromSqlRow};
use diesel::expression::AsExpression;
use diesel::prelude::*;
use diesel::serialize::{self, Output, ToSql};
use diesel::sql_types::Integer;
use occ_runtime::{Error, OptimisticLock, VersionError, VersionGenerator};

use super::cell::{Conn, batch, connect, delete_all, first, save, save_all};

diesel::table! { parcels (id) { id -> Integer, name -> Text, version -> Integer } }

/// A number that shows nothing of itself.
macro_rules! hidden {
    ($($(#[$meta:meta])* $name:ident;)*) => {$(
        $(#[$meta])*
        #[derive(Clone, Copy, AsExpression, FromSqlRow)]
        #[diesel(sql_type = Integer)]
        pub struct $name(i32);

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("***")
            }
        }

        impl<DB: Backend> ToSql<Integer, DB> for $name
        where
            i32: ToSql<Integer, DB>,
        {
            fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, DB>) -> serialize::Result {
                self.0.to_sql(out)
            }
        }

        impl<DB: Backend> FromSql<Integer, DB> for $name
        where
            i32: FromSql<Integer, DB>,
        {
            fn from_sql(value: DB::RawValue<'_>) -> deserialize::Result<Self> {
                i32::from_sql(value).map(Self)
            }
        }
    )*};
}

hidden! {
    #[derive(PartialEq, Eq, Hash)]
    Hashed;
    #[derive(PartialEq)]
    Compared;
    Bare;
    #[derive(PartialEq)]
    Version;
}

struct ByOne;

impl VersionGenerator<Version> for ByOne {
    fn initial() -> Version {
        Version(1)
    }

    fn next(current: &Version) -> Result<Version, VersionError> {
        Ok(Version(current.0 + 1))
    }
}

/// A parcel by a key of each kind.
macro_rules! parcel {
    ($($name:ident: $key:ty;)*) => {$(
        #[derive(Clone, Debug, Queryable, Selectable, OptimisticLock)]
        #[diesel(table_name = parcels)]
        struct $name {
            id: $key,
            name: String,
            #[occ(generator = ByOne)]
            version: Version,
        }

        impl $name {
            async fn load(id: i32, conn: &mut Conn) -> Self {
                first(parcels::table.find(id).select(Self::as_select()), conn).await.unwrap()
            }
        }
    )*};
}

parcel! {
    ByHashed: Hashed;
    ByCompared: Compared;
    ByBare: Bare;
}

async fn create(conn: &mut Conn) {
    batch(
        "CREATE TABLE parcels (id INTEGER PRIMARY KEY, name VARCHAR(20) NOT NULL, version INTEGER NOT NULL);
         INSERT INTO parcels VALUES (1, 'a', 1);
         INSERT INTO parcels VALUES (2, 'b', 1);",
        conn,
    )
    .await
    .unwrap();
}

super::scenarios! {
    async fn rows_whose_keys_print_alike_are_not_the_same_row(database) {
        let conn = &mut connect(database).await;
        create(conn).await;
        let mut hashed = [ByHashed::load(1, conn).await, ByHashed::load(2, conn).await];
        save_all(&mut hashed, conn).await.unwrap();
        let mut compared = [ByCompared::load(1, conn).await, ByCompared::load(2, conn).await];
        save_all(&mut compared, conn).await.unwrap();
        let mut bare = [ByBare::load(1, conn).await, ByBare::load(2, conn).await];
        save_all(&mut bare, conn).await.unwrap();
        assert!(bare.iter().all(|parcel| parcel.version == Version(4)));
        delete_all(&bare, conn).await.unwrap();
    }

    async fn a_row_that_is_twice_in_a_batch_is_refused_by_its_key_or_by_the_database(database) {
        let conn = &mut connect(database).await;
        create(conn).await;
        let hashed = ByHashed::load(1, conn).await;
        let error = save_all(&mut [hashed.clone(), ByHashed::load(2, conn).await, hashed], conn).await.unwrap_err();
        assert!(matches!(error, Error::DuplicateRow(_)), "{error:?}");
        let compared = ByCompared::load(1, conn).await;
        let error = save_all(&mut [compared.clone(), compared], conn).await.unwrap_err();
        assert!(matches!(error, Error::DuplicateRow(_)), "{error:?}");
        // Of these nothing is known but to the database.
        let bare = ByBare::load(1, conn).await;
        let error = save_all(&mut [bare.clone(), bare], conn).await.unwrap_err();
        assert!(matches!(error, Error::DuplicateRow(_)), "{error:?}");
        assert_eq!(ByHashed::load(1, conn).await.version, Version(1));
    }

    async fn versions_that_print_alike_are_no_sign_of_an_old_snapshot(database) {
        let conn = &mut connect(database).await;
        create(conn).await;
        let mut old = ByHashed::load(1, conn).await;
        save(&mut ByHashed::load(1, conn).await, conn).await.unwrap();
        let Err(Error::Stale(stale)) = save(&mut old, conn).await else { panic!("it has moved on") };
        assert_eq!((stale.expected(), stale.actual()), ("***", Some("***")));
        assert!(!stale.is_from_old_snapshot(), "{stale}");
        assert!(stale.to_string().contains("it is at version *** now"), "{stale}");
    }
}
