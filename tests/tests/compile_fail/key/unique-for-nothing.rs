use occ_runtime::prelude::*;

diesel::table! {
    lines (order_id, line) {
        order_id -> Integer,
        line -> Integer,
        version -> Integer,
    }
}

#[derive(OptimisticLock)]
#[diesel(primary_key(line, order_id))]
#[occ(unique_key)] //~ ERROR `unique_key` does nothing where a row is found by the primary key of its table
struct Line {
    order_id: i32,
    line: i32,
    version: i32,
}

fn main() {}
