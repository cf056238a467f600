use occ_runtime::prelude::*;

#[derive(OptimisticLock)]
union Product { //~ ERROR a union has no optimistic lock
    id: i32,
    version: i32,
}

fn main() {}
