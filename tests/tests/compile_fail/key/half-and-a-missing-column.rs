use occ_runtime::prelude::*;

diesel::table! {
    lines (order_id, line) {
        order_id -> Integer,
        line -> Integer,
        version -> Integer,
    }
}

#[derive(OptimisticLock)]
#[diesel(primary_key(order_id))]
struct Line {
    order_id: i32,
    line: i32,
    amount: i32, //~ ERROR cannot find type `amount` in module `lines`
    version: i32,
}

fn main() {}
