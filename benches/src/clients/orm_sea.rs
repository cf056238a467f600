//! `SeaORM`, with the version filter written by hand: it has no optimistic lock of its own.

use sea_orm::entity::prelude::*;
use sea_orm::sea_query::Expr;
use sea_orm::{
    ConnectOptions, ConnectionTrait, Database, DatabaseConnection, SqlxSqliteConnector, Statement,
    TransactionTrait as _,
};
use sqlx::sqlite::SqlitePoolOptions;

use super::sqlx_plain::sqlite_in_memory;
use crate::contender::Async;
use crate::product::{PRICE, Product, key, load, name, note};

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "products")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i32,
    pub name: String,
    pub note: Option<String>,
    pub quantity: i32,
    pub price: f64,
    pub version: i32,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl Product for Model {
    fn at(row: usize, version: i32) -> Self {
        Self { id: key(row), name: name(row), note: note(row), quantity: 0, price: PRICE, version }
    }

    fn change(&mut self) {
        self.quantity += 1;
    }
}

impl Model {
    async fn save(&mut self, conn: &impl ConnectionTrait) -> bool {
        let update = Entity::update_many()
            .col_expr(Column::Name, Expr::value(self.name.clone()))
            .col_expr(Column::Note, Expr::value(self.note.clone()))
            .col_expr(Column::Quantity, Expr::value(self.quantity))
            .col_expr(Column::Price, Expr::value(self.price))
            .col_expr(Column::Version, Expr::value(self.version + 1))
            .filter(Column::Id.eq(self.id))
            .filter(Column::Version.eq(self.version));
        let saved = update.exec(conn).await.unwrap().rows_affected > 0;
        self.version += i32::from(saved);
        saved
    }
}

pub struct SeaOrm {
    conn: DatabaseConnection,
    products: Vec<Model>,
}

impl SeaOrm {
    pub async fn open(url: &str) -> Self {
        // It comes with a pool only: of one connection, which stays, and is not asked for a sign of life each time.
        if url == ":memory:" {
            let pool = SqlitePoolOptions::new().max_connections(1).test_before_acquire(false);
            let pool =
                pool.idle_timeout(None).max_lifetime(None).connect_with(sqlite_in_memory()).await.unwrap();
            return Self { conn: SqlxSqliteConnector::from_sqlx_sqlite_pool(pool), products: Vec::new() };
        }
        let mut options = ConnectOptions::new(url);
        options.min_connections(1).max_connections(1).test_before_acquire(false).sqlx_logging(false);
        Self { conn: Database::connect(options).await.unwrap(), products: Vec::new() }
    }
}

impl Async for SeaOrm {
    async fn execute(&mut self, sql: &str) {
        self.conn.execute_unprepared(sql).await.unwrap();
    }

    async fn number(&mut self, sql: &str) -> i64 {
        let statement = Statement::from_string(self.conn.get_database_backend(), sql);
        self.conn.query_one_raw(statement).await.unwrap().unwrap().try_get_by_index(0).unwrap()
    }

    fn load(&mut self, rows: usize, version: i32) {
        self.products = load(rows, version);
    }

    async fn save(&mut self, row: usize) -> bool {
        let product = &mut self.products[row];
        product.change();
        product.save(&self.conn).await
    }

    async fn delete(&mut self, row: usize) -> bool {
        let product = &self.products[row];
        let delete = Entity::delete_many()
            .filter(Column::Id.eq(product.id))
            .filter(Column::Version.eq(product.version));
        delete.exec(&self.conn).await.unwrap().rows_affected > 0
    }

    async fn save_all(&mut self, rows: usize) -> bool {
        let transaction = self.conn.begin().await.unwrap();
        for product in &mut self.products[..rows] {
            product.change();
            if !product.save(&transaction).await {
                transaction.rollback().await.unwrap();
                return false;
            }
        }
        transaction.commit().await.unwrap();
        true
    }
}
