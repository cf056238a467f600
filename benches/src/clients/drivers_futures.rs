//! The floor for async code: the driver's own prepared statement, and nothing around it.

use mysql_async::prelude::Queryable as _;

use super::{DELETE, DELETE_PG, UPDATE, UPDATE_PG};
use crate::contender::Async;
use crate::product::{Plain, Product as _, load};

pub struct TokioPostgres {
    client: tokio_postgres::Client,
    /// Prepared at the first use, when the table is there.
    statements: Option<(tokio_postgres::Statement, tokio_postgres::Statement)>,
    products: Vec<Plain>,
}

impl TokioPostgres {
    pub async fn open(url: &str) -> Self {
        let (client, connection) = tokio_postgres::connect(url, tokio_postgres::NoTls).await.unwrap();
        tokio::spawn(connection);
        Self { client, statements: None, products: Vec::new() }
    }
}

impl Async for TokioPostgres {
    async fn execute(&mut self, sql: &str) {
        self.client.batch_execute(sql).await.unwrap();
    }

    async fn number(&mut self, sql: &str) -> i64 {
        self.client.query_one(sql, &[]).await.unwrap().get(0)
    }

    fn load(&mut self, rows: usize, version: i32) {
        self.products = load(rows, version);
    }

    async fn save(&mut self, row: usize) -> bool {
        let (update, _) = match &self.statements {
            Some(prepared) => prepared,
            None => self.statements.insert(prepare(&self.client).await),
        };
        let p = &mut self.products[row];
        p.change();
        let next = p.version + 1;
        let rows = self
            .client
            .execute(update, &[&p.name, &p.note, &p.quantity, &p.price, &next, &p.id, &p.version])
            .await
            .unwrap();
        p.version += i32::from(rows > 0);
        rows > 0
    }

    async fn delete(&mut self, row: usize) -> bool {
        let (_, delete) = match &self.statements {
            Some(prepared) => prepared,
            None => self.statements.insert(prepare(&self.client).await),
        };
        let p = &self.products[row];
        self.client.execute(delete, &[&p.id, &p.version]).await.unwrap() > 0
    }

    async fn save_all(&mut self, rows: usize) -> bool {
        self.execute("BEGIN").await;
        for row in 0..rows {
            if !self.save(row).await {
                self.execute("ROLLBACK").await;
                return false;
            }
        }
        self.execute("COMMIT").await;
        true
    }
}

async fn prepare(client: &tokio_postgres::Client) -> (tokio_postgres::Statement, tokio_postgres::Statement) {
    (client.prepare(UPDATE_PG).await.unwrap(), client.prepare(DELETE_PG).await.unwrap())
}

/// Its connection keeps what it has prepared, by the SQL text.
pub struct MysqlAsync {
    conn: mysql_async::Conn,
    products: Vec<Plain>,
}

impl MysqlAsync {
    pub async fn open(url: &str) -> Self {
        Self { conn: mysql_async::Conn::from_url(url).await.unwrap(), products: Vec::new() }
    }
}

impl Async for MysqlAsync {
    async fn execute(&mut self, sql: &str) {
        self.conn.query_drop(sql).await.unwrap();
    }

    async fn number(&mut self, sql: &str) -> i64 {
        self.conn.query_first(sql).await.unwrap().unwrap()
    }

    fn load(&mut self, rows: usize, version: i32) {
        self.products = load(rows, version);
    }

    async fn save(&mut self, row: usize) -> bool {
        let p = &mut self.products[row];
        p.change();
        let values = (&p.name, &p.note, p.quantity, p.price, p.version + 1, p.id, p.version);
        self.conn.exec_drop(UPDATE, values).await.unwrap();
        let saved = self.conn.affected_rows() > 0;
        p.version += i32::from(saved);
        saved
    }

    async fn delete(&mut self, row: usize) -> bool {
        let p = &self.products[row];
        self.conn.exec_drop(DELETE, (p.id, p.version)).await.unwrap();
        self.conn.affected_rows() > 0
    }

    async fn save_all(&mut self, rows: usize) -> bool {
        self.execute("BEGIN").await;
        for row in 0..rows {
            if !self.save(row).await {
                self.execute("ROLLBACK").await;
                return false;
            }
        }
        self.execute("COMMIT").await;
        true
    }
}
