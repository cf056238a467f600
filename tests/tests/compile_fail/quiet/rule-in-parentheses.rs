use diesel::prelude::*;
use occ_runtime::{Error, Tracked, prelude::*};

diesel::table! {
    products (id) {
        id -> Integer,
        name -> Text,
        version -> Integer,
    }
}

#[derive(Clone, Queryable, Selectable, OptimisticLock)]
#[occ(tracked)]
struct Product {
    id: i32,
    #[occ(merge(theirs))] //~ ERROR `merge` takes a rule such as `mine` or `add` as its value
    name: String,
    version: i32,
}

fn use_it(product: Product, conn: &mut SqliteConnection) -> Result<(), Error> {
    let mut product = Tracked::new(product);
    product.name = "lamp".to_owned();
    product.save_optimistic(conn)?;
    product.reload(conn)?;
    println!("{} {:?}", product.is_dirty(), product.dirty_fields());
    product.delete_optimistic(conn)
}

fn main() {}
