use diesel::prelude::*;
use occ_runtime::{Error, Tracked, prelude::*};

diesel::table! {
    products (id) {
        id -> Integer,
        name -> Text,
    }
}

#[derive(Clone, Queryable, Selectable, AsChangeset)]
#[diesel(table_name = products)]
struct Label {
    name: String,
}

#[derive(Clone, Queryable, Selectable, OptimisticLock)]
#[occ(check = all)]
struct Product {
    id: i32,
    #[diesel(embed)]
    label: Label, //~ ERROR the columns of an embedded struct cannot be compared with what was
}

fn use_it(product: Product, conn: &mut SqliteConnection) -> Result<(), Error> {
    let mut product = Tracked::new(product);
    product.label.name = "lamp".to_owned();
    product.save_optimistic(conn)?;
    product.reload(conn)?;
    println!("{} {:?}", product.is_dirty(), product.dirty_fields());
    product.delete_optimistic(conn)
}

fn main() {}
