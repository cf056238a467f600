use occ_runtime::prelude::*;

diesel::table! {
    lines (order_id, line) {
        order_id -> Integer,
        line -> Integer,
        amount -> Integer,
        version -> Integer,
    }
}

#[derive(OptimisticLock)]
#[diesel(primary_key(order_id))] //~ ERROR add to `Line` itself a field for `line`
struct Line {
    order_id: i32,
    amount: i32,
    version: i32,
}

fn main() {}
