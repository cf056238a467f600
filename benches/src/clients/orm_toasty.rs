//! Toasty, whose `#[version]` is an optimistic lock too.

use toasty::Executor;
use toasty::stmt::Value;

use crate::contender::Async;
use crate::product::{PRICE, Product, key, load, name, note};

#[derive(Debug, toasty::Model)]
#[table = "products"]
struct ToastyProduct {
    #[key]
    id: i32,
    name: String,
    note: Option<String>,
    quantity: i32,
    price: f64,
    /// The only type it takes.
    #[version]
    version: u64,
}

impl Product for ToastyProduct {
    fn at(row: usize, version: i32) -> Self {
        let version = u64::try_from(version).unwrap();
        Self { id: key(row), name: name(row), note: note(row), quantity: 0, price: PRICE, version }
    }

    fn change(&mut self) {
        self.quantity += 1;
    }
}

impl ToastyProduct {
    async fn save(&mut self, conn: &mut dyn Executor) -> bool {
        let (name, note) = (self.name.clone(), self.note.clone());
        let (quantity, price) = (self.quantity, self.price);
        let update = self.update().name(name).note(note).quantity(quantity).price(price);
        fresh(update.exec(conn).await)
    }
}

pub struct Toasty {
    /// Taken out of its pool once, so that no save has to.
    conn: toasty::Connection,
    products: Vec<ToastyProduct>,
}

impl Toasty {
    pub async fn open(url: &str) -> Self {
        let url = format!("sqlite:{url}");
        let db = toasty::Db::builder().models(toasty::models!(ToastyProduct)).connect(&url).await.unwrap();
        Self { conn: db.connection().await.unwrap(), products: Vec::new() }
    }
}

impl Async for Toasty {
    async fn execute(&mut self, sql: &str) {
        toasty::sql::statement(sql).exec(&mut self.conn).await.unwrap();
    }

    async fn number(&mut self, sql: &str) -> i64 {
        let rows = toasty::sql::query(sql).exec(&mut self.conn).await.unwrap();
        match rows.first() {
            Some(Value::Record(row)) => match &row[0] {
                Value::I64(number) => *number,
                other => panic!("{other:?} is no number"),
            },
            other => panic!("{other:?} is no row"),
        }
    }

    fn load(&mut self, rows: usize, version: i32) {
        self.products = load(rows, version);
    }

    async fn save(&mut self, row: usize) -> bool {
        let product = &mut self.products[row];
        product.change();
        product.save(&mut self.conn).await
    }

    async fn delete(&mut self, row: usize) -> bool {
        // Its delete takes the value; the others keep theirs, so this one goes on with a copy.
        let product = &self.products[row];
        let product = ToastyProduct {
            id: product.id,
            name: product.name.clone(),
            note: product.note.clone(),
            ..*product
        };
        fresh(product.delete().exec(&mut self.conn).await)
    }

    async fn save_all(&mut self, rows: usize) -> bool {
        let mut transaction = self.conn.transaction().await.unwrap();
        for product in &mut self.products[..rows] {
            product.change();
            if !product.save(&mut transaction).await {
                transaction.rollback().await.unwrap();
                return false;
            }
        }
        transaction.commit().await.unwrap();
        true
    }
}

/// Was it written? Panics on an error that is no conflict.
fn fresh(outcome: toasty::Result<()>) -> bool {
    match outcome {
        Ok(()) => true,
        Err(error) if error.is_condition_failed() => false,
        Err(error) => panic!("{error}"),
    }
}
