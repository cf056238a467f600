//! occ, Diesel by hand and `diesel_versioning`, on Diesel's own connections.

use diesel::connection::SimpleConnection as _;
use diesel::prelude::*;
use diesel::result::Error::RollbackTransaction;
use diesel_versioning::Versioned as _;
use occ_runtime::prelude::*;

use super::{Number, fresh, refused};
use crate::contender::Blocking;
use crate::product::{ByHand, DieselVersioning, Occ, Product, load, products};

pub struct Diesel<C, P> {
    conn: C,
    products: Vec<P>,
}

impl<C: Connection, P> Diesel<C, P> {
    pub fn open(url: &str) -> Self {
        Self { conn: C::establish(url).unwrap(), products: Vec::new() }
    }
}

/// How one product is written: false if it was stale.
trait Way<C: Connection>: Product {
    fn save(&mut self, conn: &mut C) -> bool;
    fn delete(&mut self, conn: &mut C) -> bool;

    fn save_all(products: &mut [Self], conn: &mut C) -> bool
    where
        Self: Sized,
    {
        let outcome = conn.transaction(|conn| {
            let saved = products.iter_mut().all(|product| product.save(conn));
            if saved { Ok(()) } else { Err(RollbackTransaction) }
        });
        fresh(outcome, |error| *error == RollbackTransaction)
    }
}

/// Generic code would need bounds that nobody writes by hand, so each connection has its own impl.
macro_rules! ways {
    ($conn:ty) => {
        impl Way<$conn> for Occ {
            fn save(&mut self, conn: &mut $conn) -> bool {
                fresh(self.save_optimistic(conn), occ_runtime::Error::is_stale)
            }

            fn delete(&mut self, conn: &mut $conn) -> bool {
                fresh(self.delete_optimistic(conn), occ_runtime::Error::is_stale)
            }

            fn save_all(products: &mut [Self], conn: &mut $conn) -> bool {
                fresh(products.save_all_optimistic(conn), occ_runtime::Error::is_stale)
            }
        }

        impl Way<$conn> for ByHand {
            fn save(&mut self, conn: &mut $conn) -> bool {
                let rows = diesel::update(products::table.find(self.id))
                    .filter(products::version.eq(self.version))
                    .set((&*self, products::version.eq(self.version + 1)))
                    .execute(conn)
                    .unwrap();
                if rows == 0 {
                    return false;
                }
                self.version += 1;
                true
            }

            fn delete(&mut self, conn: &mut $conn) -> bool {
                let row = products::table.find(self.id).filter(products::version.eq(self.version));
                diesel::delete(row).execute(conn).unwrap() > 0
            }
        }

        impl Way<$conn> for DieselVersioning {
            fn save(&mut self, conn: &mut $conn) -> bool {
                let before = self.version;
                let saved = fresh(self.update_versioned(conn), refused);
                // It counts up whether or not it has saved; the next try has to be stale again.
                if !saved {
                    self.version = before;
                }
                saved
            }

            fn delete(&mut self, conn: &mut $conn) -> bool {
                fresh(self.delete_versioned(conn), refused)
            }
        }

        impl<P: Way<$conn>> Blocking for Diesel<$conn, P> {
            fn execute(&mut self, sql: &str) {
                self.conn.batch_execute(sql).unwrap();
            }

            fn number(&mut self, sql: &str) -> i64 {
                let sql = format!("SELECT ({sql}) AS number");
                diesel::sql_query(sql).get_result::<Number>(&mut self.conn).unwrap().number
            }

            fn load(&mut self, rows: usize, version: i32) {
                self.products = load(rows, version);
            }

            fn save(&mut self, row: usize) -> bool {
                let product = &mut self.products[row];
                product.change();
                product.save(&mut self.conn)
            }

            fn delete(&mut self, row: usize) -> bool {
                self.products[row].delete(&mut self.conn)
            }

            fn save_all(&mut self, rows: usize) -> bool {
                let products = &mut self.products[..rows];
                products.iter_mut().for_each(Product::change);
                P::save_all(products, &mut self.conn)
            }
        }
    };
}

ways!(SqliteConnection);
#[cfg(feature = "postgres")]
ways!(PgConnection);
#[cfg(feature = "mysql")]
ways!(MysqlConnection);
