//! `"order_id" = ? AND "line" = ?`: the primary key of a table, given what Diesel's `find` takes.
//!
//! Diesel's own writes the table before each column, which a statement cannot have whose rows are another table's.

use std::marker::PhantomData;

use diesel::Column;
use diesel::backend::Backend;
use diesel::expression::{AsExpression, Expression, TypedExpressionType};
use diesel::query_builder::{AstPass, QueryFragment, QueryId};
use diesel::result::QueryResult;
use diesel::sql_types::SqlType;

use crate::model::key_form::{One, Several};

/// The columns of a primary key, one or a tuple of them, to which the key `K` is compared.
///
/// `Form` keeps the two impls apart, and is inferred.
pub trait KeyValues<K, Form> {
    /// The comparison.
    type Equal;

    fn equal(key: K) -> Self::Equal;
}

/// One column is equal to a value.
#[derive(Debug, QueryId)]
pub struct Equal<C, E> {
    value: E,
    column: PhantomData<fn() -> C>,
}

/// Both hold.
#[derive(Debug, QueryId)]
pub struct Both<A, B>(A, B);

#[diagnostic::do_not_recommend]
impl<C, K> KeyValues<K, One> for C
where
    C: Column + Expression<SqlType: SqlType + TypedExpressionType>,
    K: AsExpression<C::SqlType>,
{
    type Equal = Equal<C, K::Expression>;

    fn equal(key: K) -> Self::Equal {
        Equal { value: key.as_expression(), column: PhantomData }
    }
}

impl<C, E, DB> QueryFragment<DB> for Equal<C, E>
where
    DB: Backend,
    C: Column,
    E: QueryFragment<DB>,
{
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        out.push_identifier(C::NAME)?;
        out.push_sql(" = ");
        self.value.walk_ast(out)
    }
}

impl<A, B, DB> QueryFragment<DB> for Both<A, B>
where
    DB: Backend,
    A: QueryFragment<DB>,
    B: QueryFragment<DB>,
{
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        self.0.walk_ast(out.reborrow())?;
        out.push_sql(" AND ");
        self.1.walk_ast(out)
    }
}

/// The nest of `Both` for some columns, and its type.
macro_rules! both {
    (type $C:ident $K:ident) => { Equal<$C, $K::Expression> };
    (type $C:ident $K:ident $($rest:ident)+) => { Both<Equal<$C, $K::Expression>, both!(type $($rest)+)> };
    (value $C:ident $K:ident) => { <$C as KeyValues<$K, One>>::equal($K) };
    (value $C:ident $K:ident $($rest:ident)+) => {
        Both(<$C as KeyValues<$K, One>>::equal($K), both!(value $($rest)+))
    };
}

macro_rules! several {
    ($first:ident $key:ident $($C:ident $K:ident)*) => {
        #[diagnostic::do_not_recommend]
        #[allow(non_snake_case, reason = "a value has the name of its type")]
        impl<$first, $key $(, $C, $K)*> KeyValues<($key, $($K,)*), Several> for ($first, $($C,)*)
        where
            $first: Column + Expression<SqlType: SqlType + TypedExpressionType>,
            $key: AsExpression<$first::SqlType>,
            $($C: Column + Expression<SqlType: SqlType + TypedExpressionType>, $K: AsExpression<$C::SqlType>,)*
        {
            type Equal = both!(type $first $key $($C $K)*);

            fn equal(($key, $($K,)*): ($key, $($K,)*)) -> Self::Equal {
                both!(value $first $key $($C $K)*)
            }
        }
        several!($($C $K)*);
    };
    () => {};
}

several!(A Ka B Kb C Kc D Kd E Ke F Kf G Kg H Kh I Ki J Kj K Kk L Kl M Km N Kn O Ko P Kp);
