use diesel::prelude::*;
use occ_runtime::{Error, prelude::*};

diesel::table! {
    lines (order_id, line) {
        order_id -> Integer,
        line -> Integer,
        version -> Integer,
    }
}

#[derive(Queryable, Selectable, OptimisticLock)]
#[diesel(primary_key(order_id))] //~ ERROR the primary key of `lines` is (order_id, line)
struct Line {
    order_id: i32,
    line: i32,
    version: i32,
}

fn use_it(mut line: Line, conn: &mut SqliteConnection) -> Result<(), Error> {
    line.save_optimistic(conn)?;
    line.touch_optimistic(conn)?;
    line.reload(conn)?;
    line.verify_optimistic(conn)?;
    println!("{} {:?}", Line::table_name(), line.version());
    line.delete_optimistic(conn)
}

fn main() {}
