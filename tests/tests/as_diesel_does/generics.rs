//! Parameters of types, lifetimes and constants.

use std::fmt::Debug;
use std::marker::PhantomData;

use diesel::backend::Backend;
use diesel::deserialize::{self, FromSql, FromSqlRow};
use diesel::expression::AsExpression;
use diesel::prelude::*;
use diesel::serialize::{self, Output, ToSql};
use diesel::sql_types::Integer;
use occ_runtime::prelude::*;

diesel::table! { records (id) { id -> Integer, parent -> Nullable<Integer>, name -> Text, size -> Integer, version -> Integer } }

const RECORDS: &str =
    "CREATE TABLE records (id INTEGER PRIMARY KEY, parent INTEGER, name TEXT, size INTEGER, version INTEGER);
                       INSERT INTO records VALUES (1, NULL, 'a', 1, 1), (2, 1, 'b', 2, 1);";

/// An id that knows what it is of.
#[derive(AsExpression, FromSqlRow)]
#[diesel(sql_type = Integer)]
pub struct Id<T: ?Sized>(i32, PhantomData<fn() -> T>);

impl<T: ?Sized> Clone for Id<T> {
    fn clone(&self) -> Self {
        Self(self.0, PhantomData)
    }
}

impl<T: ?Sized> Debug for Id<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}#{}", std::any::type_name::<T>(), self.0)
    }
}

impl<T: ?Sized> PartialEq for Id<T> {
    fn eq(&self, other: &Self) -> bool {
        self.0 == other.0
    }
}

impl<T: ?Sized, DB: Backend> ToSql<Integer, DB> for Id<T>
where
    i32: ToSql<Integer, DB>,
{
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, DB>) -> serialize::Result {
        self.0.to_sql(out)
    }
}

impl<T: ?Sized, DB: Backend> FromSql<Integer, DB> for Id<T>
where
    i32: FromSql<Integer, DB>,
{
    fn from_sql(bytes: DB::RawValue<'_>) -> deserialize::Result<Self> {
        Ok(Self(i32::from_sql(bytes)?, PhantomData))
    }
}

/// Neither `Clone` nor anything else.
pub struct Marker;

mod typed_id {
    use super::*;

    #[derive(Clone, Debug, PartialEq, Queryable, Selectable, AsChangeset, OptimisticLock)]
    #[diesel(table_name = records, treat_none_as_null = true)]
    #[occ(tracked)]
    struct Record {
        id: Id<Marker>,
        parent: Option<Id<dyn Debug>>,
        size: i32,
        version: i32,
    }

    life! {
        Record => records: RECORDS;
        by |it| records::id.eq(it.id.0);
        edit |it| it.parent = Some(Id(2, PhantomData));
        theirs |it| it.size += 1;
    }
}

/// Of the struct itself. As a value Diesel does not take `Self`.
mod typed_by_self {
    use super::*;

    #[derive(Clone, Debug, PartialEq, Queryable, Selectable, AsChangeset, OptimisticLock)]
    #[diesel(table_name = records, treat_none_as_null = true)]
    #[occ(tracked)]
    struct Record {
        id: Id<Self>,
        size: i32,
        name: String,
        version: i32,
    }

    life! {
        Record => records: RECORDS;
        by |it| records::id.eq(it.id.0);
        edit |it| it.size += 1;
        theirs |it| it.name = "new".into();
    }
}

mod phantom_parameter {
    use super::*;

    #[derive(Debug, Queryable, Selectable, AsChangeset, OptimisticLock)]
    #[diesel(table_name = records)]
    #[occ(tracked)]
    struct Record<K: 'static> {
        id: Id<K>,
        name: String,
        version: i32,
    }

    impl<K> Clone for Record<K> {
        fn clone(&self) -> Self {
            Self { id: self.id.clone(), name: self.name.clone(), version: self.version }
        }
    }

    life! {
        Record<Marker> => records: RECORDS;
        by |it| records::id.eq(it.id.0);
        edit |it| it.name = "new".into();
        theirs |it| it.name = "new".into();
    }
}

/// What is no column, and only there for a type.
mod phantom_field {
    use super::*;

    #[derive(Clone, Debug, AsChangeset, OptimisticLock)]
    #[diesel(table_name = records)]
    struct Record<K> {
        id: i32,
        name: String,
        #[diesel(skip_update)]
        _of: PhantomData<K>,
        version: i32,
    }

    life! {
        Record<String> => records: RECORDS;
        from |_conn| (1..3).map(|id| Record { id, name: "n".into(), _of: PhantomData, version: 1 }).collect();
        by |it| records::id.eq(it.id);
        edit |it| it.name.push('!');
    }
}

/// The types of the columns are another trait's to say.
mod associated_types {
    use super::*;

    pub trait Kind: Clone + Debug + PartialEq + 'static {
        type Name: Clone + Debug + PartialEq + Send + Sync + 'static;
        type Size: Clone + Debug + PartialEq + Send + Sync + 'static;
    }

    #[derive(Clone, Debug, PartialEq)]
    pub struct Plain;

    impl Kind for Plain {
        type Name = String;
        type Size = i32;
    }

    #[derive(Clone, Debug, PartialEq, OptimisticLock)]
    #[diesel(table_name = records)]
    #[occ(tracked)]
    struct Record<K: Kind>
    where
        <K as Kind>::Size: Copy,
    {
        id: i32,
        name: K::Name,
        size: <K as Kind>::Size,
        version: i32,
    }

    life! {
        Record<Plain> => records: RECORDS;
        from |_conn| (1..3).map(|id| Record { id, name: "n".into(), size: 3, version: 1 }).collect();
        by |it| records::id.eq(it.id)
            => (records::name.eq(it.name.clone()), records::size.eq(it.size), records::version.eq(it.version));
        edit |it| it.name.push('!');
        theirs |it| it.size += 1;
    }
}

mod constants_and_defaults {
    use super::*;

    #[derive(Clone, Copy, Debug, PartialEq, AsExpression, FromSqlRow)]
    #[diesel(sql_type = Integer)]
    pub struct Below<const N: i32>(i32);

    impl<const N: i32, DB: Backend> ToSql<Integer, DB> for Below<N>
    where
        i32: ToSql<Integer, DB>,
    {
        fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, DB>) -> serialize::Result {
            self.0.to_sql(out)
        }
    }

    impl<const N: i32, DB: Backend> FromSql<Integer, DB> for Below<N>
    where
        i32: FromSql<Integer, DB>,
    {
        fn from_sql(bytes: DB::RawValue<'_>) -> deserialize::Result<Self> {
            i32::from_sql(bytes).map(Self)
        }
    }

    #[derive(Clone, Debug, PartialEq, Queryable, Selectable, OptimisticLock)]
    #[diesel(table_name = records)]
    #[occ(tracked)]
    struct Record<const N: i32 = 100, const UNUSED: bool = { 1 > 0 }> {
        id: i32,
        size: Below<N>,
        name: String,
        version: i32,
    }

    life! {
        Record => records: RECORDS;
        by |it| records::id.eq(it.id)
            => (records::size.eq(it.size), records::name.eq(it.name.clone()), records::version.eq(it.version));
        edit |it| it.size.0 += 1;
        theirs |it| it.name.push('!');
    }
}

/// The parameter with bounds of its own, a default, and a name that a macro might use itself.
mod value_parameter {
    use super::*;

    #[derive(Clone, Debug, PartialEq, OptimisticLock)]
    #[diesel(table_name = records, treat_none_as_null = true)]
    #[occ(tracked)]
    struct Record<DB, V = Option<i32>>
    where
        DB: Into<String> + Clone + Debug,
        for<'x> fn(&'x DB): Clone,
        V: Debug,
    {
        id: i32,
        name: DB,
        parent: V,
        version: i32,
    }

    life! {
        Record<&'static str> => records: RECORDS;
        from |_conn| (1..3).map(|id| Record { id, name: "n", parent: None, version: 1 }).collect();
        by |it| records::id.eq(it.id)
            => (records::name.eq(it.name), records::parent.eq(it.parent), records::version.eq(it.version));
        edit |it| it.parent = Some(5);
        theirs |it| it.name = "other";
    }
}

/// The version's type is a parameter too.
mod version_parameter {
    use super::*;

    #[derive(Clone, Debug, OptimisticLock)]
    #[diesel(table_name = records)]
    struct Record<N, V>
    where
        V: occ_runtime::version::DefaultGenerator + Debug + PartialEq + Send + Sync + 'static,
    {
        id: i32,
        name: N,
        version: V,
    }

    life! {
        Record<String, i32> => records: RECORDS;
        from |_conn| (1..3).map(|id| Record { id, name: "n".into(), version: 1 }).collect();
        by |it| records::id.eq(it.id) => (records::name.eq(it.name.clone()), records::version.eq(it.version));
        edit |it| it.name.push('!');
    }
}
