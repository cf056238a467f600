//! Decimals that are compared with what was loaded: a driver may bind them as text.

use std::io::Write as _;

use diesel::deserialize::{self, FromSql, FromSqlRow};
use diesel::expression::AsExpression;
use diesel::mysql::{Mysql, MysqlValue};
use diesel::prelude::*;
use diesel::serialize::{self, IsNull, Output, ToSql};
use diesel::sql_types::Numeric;
use occ_runtime::{OptimisticLock, Tracked};

use super::cell::{batch, connect, first, save_tracked};

/// A decimal as the server writes it.
#[derive(Clone, Debug, PartialEq, AsExpression, FromSqlRow)]
#[diesel(sql_type = Numeric)]
pub struct Amount(String);

impl ToSql<Numeric, Mysql> for Amount {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Mysql>) -> serialize::Result {
        out.write_all(self.0.as_bytes())?;
        Ok(IsNull::No)
    }
}

impl FromSql<Numeric, Mysql> for Amount {
    fn from_sql(value: MysqlValue<'_>) -> deserialize::Result<Self> {
        Ok(Self(String::from_utf8(value.as_bytes().to_vec())?))
    }
}

diesel::table! {
    accounts (id) { id -> Integer, amount -> Numeric, note -> Nullable<Numeric>, stock -> Integer }
}

#[derive(Clone, Debug, PartialEq, Queryable, Selectable, OptimisticLock)]
#[diesel(table_name = accounts)]
#[occ(check = all)]
struct Account {
    id: i32,
    amount: Amount,
    note: Option<Amount>,
    stock: i32,
}

super::scenarios! {
    async fn a_decimal_is_compared_to_the_last_digit(database) {
        let changes = [
            ("DECIMAL(20, 2)", "12345678901234567.89", "12345678901234567.90"),
            ("DECIMAL(65, 30)", "0.100000000000000000000000000001", "0.1"),
            ("DECIMAL(30, 10)", "0.0000000001", "0.0000000002"),
            ("DECIMAL(30, 0)", "-123456789012345678901234567890", "-123456789012345678901234567891"),
        ];
        for (sql_type, before, after) in changes {
            // What is prepared is of the table that was there before.
            let conn = &mut connect(database).await;
            for sql in [
                "DROP TABLE IF EXISTS accounts".to_owned(),
                format!("CREATE TABLE accounts (id INTEGER PRIMARY KEY, amount {sql_type} NOT NULL, note {sql_type}, stock INTEGER NOT NULL)"),
                format!("INSERT INTO accounts VALUES (1, {before}, NULL, 10)"),
            ] {
                batch(&sql, conn).await.unwrap();
            }
            for column in ["amount", "note"] {
                batch(&format!("UPDATE accounts SET {column} = {before}"), conn).await.unwrap();
                let mut row: Tracked<Account> =
                    first(accounts::table.find(1).select(Tracked::<Account>::as_select()), conn).await.unwrap();
                row.stock += 1;
                save_tracked(&mut row, conn).await.unwrap_or_else(|error| panic!("{sql_type} {before}: {error}"));
                batch(&format!("UPDATE accounts SET {column} = {after}"), conn).await.unwrap();
                row.stock += 1;
                assert!(save_tracked(&mut row, conn).await.is_err_and(|error| error.is_stale()), "{sql_type}: {before} became {after}");
            }
        }
    }
}
