use occ_runtime::prelude::*;

diesel::table! {
    lines (order_id, line) {
        order_id -> Integer,
        line -> Integer,
        version -> Integer,
    }
}

#[derive(OptimisticLock)]
#[occ(primary_key(order_id, line))] //~ ERROR `primary_key` is a key of `#[diesel(..)]`
struct Line {
    order_id: i32,
    line: i32,
    version: i32,
}

fn main() {}
