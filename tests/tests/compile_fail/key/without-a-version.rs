use occ_runtime::prelude::*;

diesel::table! {
    lines (order_id, line) {
        order_id -> Integer,
        line -> Integer,
        amount -> Integer,
    }
}

#[derive(Clone, OptimisticLock)]
#[diesel(primary_key(order_id))] //~ ERROR the primary key of `lines` is (order_id, line)
#[occ(check = all)]
struct Line {
    order_id: i32,
    line: i32,
    amount: i32,
}

fn main() {}
