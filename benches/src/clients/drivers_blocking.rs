//! The floor for blocking code: the driver's own prepared statement, and nothing around it.

use mysql::prelude::Queryable as _;
use rusqlite::params;

use super::{DELETE, DELETE_PG, UPDATE, UPDATE_PG};
use crate::contender::Blocking;
use crate::product::{Plain, Product as _, load};

pub struct Rusqlite {
    conn: rusqlite::Connection,
    products: Vec<Plain>,
}

impl Rusqlite {
    pub fn open(url: &str) -> Self {
        Self { conn: rusqlite::Connection::open(url).unwrap(), products: Vec::new() }
    }
}

impl Blocking for Rusqlite {
    fn execute(&mut self, sql: &str) {
        self.conn.execute_batch(sql).unwrap();
    }

    fn number(&mut self, sql: &str) -> i64 {
        self.conn.query_row(sql, [], |row| row.get(0)).unwrap()
    }

    fn load(&mut self, rows: usize, version: i32) {
        self.products = load(rows, version);
    }

    fn save(&mut self, row: usize) -> bool {
        let p = &mut self.products[row];
        p.change();
        let mut statement = self.conn.prepare_cached(UPDATE).unwrap();
        let values = params![p.name, p.note, p.quantity, p.price, p.version + 1, p.id, p.version];
        let saved = statement.execute(values).unwrap() > 0;
        p.version += i32::from(saved);
        saved
    }

    fn delete(&mut self, row: usize) -> bool {
        let p = &self.products[row];
        self.conn.prepare_cached(DELETE).unwrap().execute(params![p.id, p.version]).unwrap() > 0
    }

    fn save_all(&mut self, rows: usize) -> bool {
        // The guard of `transaction()` would borrow the connection that `save` uses.
        self.execute("BEGIN");
        let saved = (0..rows).all(|row| self.save(row));
        self.execute(if saved { "COMMIT" } else { "ROLLBACK" });
        saved
    }
}

pub struct Postgres {
    client: postgres::Client,
    /// Prepared at the first use, when the table is there.
    statements: Option<(postgres::Statement, postgres::Statement)>,
    products: Vec<Plain>,
}

impl Postgres {
    pub fn open(url: &str) -> Self {
        let client = postgres::Client::connect(url, postgres::NoTls).unwrap();
        Self { client, statements: None, products: Vec::new() }
    }

    fn prepare(&mut self) {
        if self.statements.is_none() {
            self.statements =
                Some((self.client.prepare(UPDATE_PG).unwrap(), self.client.prepare(DELETE_PG).unwrap()));
        }
    }
}

impl Blocking for Postgres {
    fn execute(&mut self, sql: &str) {
        self.client.batch_execute(sql).unwrap();
    }

    fn number(&mut self, sql: &str) -> i64 {
        self.client.query_one(sql, &[]).unwrap().get(0)
    }

    fn load(&mut self, rows: usize, version: i32) {
        self.prepare();
        self.products = load(rows, version);
    }

    fn save(&mut self, row: usize) -> bool {
        let (update, _) = self.statements.as_ref().unwrap();
        let p = &mut self.products[row];
        p.change();
        let next = p.version + 1;
        let rows = self
            .client
            .execute(update, &[&p.name, &p.note, &p.quantity, &p.price, &next, &p.id, &p.version])
            .unwrap();
        p.version += i32::from(rows > 0);
        rows > 0
    }

    fn delete(&mut self, row: usize) -> bool {
        let (_, delete) = self.statements.as_ref().unwrap();
        let p = &self.products[row];
        self.client.execute(delete, &[&p.id, &p.version]).unwrap() > 0
    }

    fn save_all(&mut self, rows: usize) -> bool {
        self.execute("BEGIN");
        let saved = (0..rows).all(|row| self.save(row));
        self.execute(if saved { "COMMIT" } else { "ROLLBACK" });
        saved
    }
}

pub struct Mysql {
    conn: mysql::Conn,
    statements: Option<(mysql::Statement, mysql::Statement)>,
    products: Vec<Plain>,
}

impl Mysql {
    pub fn open(url: &str) -> Self {
        Self { conn: mysql::Conn::new(url).unwrap(), statements: None, products: Vec::new() }
    }
}

impl Blocking for Mysql {
    fn execute(&mut self, sql: &str) {
        self.conn.query_drop(sql).unwrap();
    }

    fn number(&mut self, sql: &str) -> i64 {
        self.conn.query_first(sql).unwrap().unwrap()
    }

    fn load(&mut self, rows: usize, version: i32) {
        if self.statements.is_none() {
            self.statements = Some((self.conn.prep(UPDATE).unwrap(), self.conn.prep(DELETE).unwrap()));
        }
        self.products = load(rows, version);
    }

    fn save(&mut self, row: usize) -> bool {
        let (update, _) = self.statements.as_ref().unwrap();
        let p = &mut self.products[row];
        p.change();
        let values = (&p.name, &p.note, p.quantity, p.price, p.version + 1, p.id, p.version);
        self.conn.exec_drop(update, values).unwrap();
        let saved = self.conn.affected_rows() > 0;
        p.version += i32::from(saved);
        saved
    }

    fn delete(&mut self, row: usize) -> bool {
        let (_, delete) = self.statements.as_ref().unwrap();
        let p = &self.products[row];
        self.conn.exec_drop(delete, (p.id, p.version)).unwrap();
        self.conn.affected_rows() > 0
    }

    fn save_all(&mut self, rows: usize) -> bool {
        self.execute("BEGIN");
        let saved = (0..rows).all(|row| self.save(row));
        self.execute(if saved { "COMMIT" } else { "ROLLBACK" });
        saved
    }
}
