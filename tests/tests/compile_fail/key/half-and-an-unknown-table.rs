use occ_runtime::prelude::*;

diesel::table! {
    lines (order_id, line) {
        order_id -> Integer,
        line -> Integer,
        version -> Integer,
    }
}

#[derive(OptimisticLock)]
#[diesel(primary_key(order_id), table_name = lins)] //~ ERROR cannot find module or crate `lins`
struct Line {
    order_id: i32,
    line: i32,
    version: i32,
}

fn main() {}
