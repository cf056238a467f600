use occ_runtime::prelude::*;

mod products {}

#[derive(OptimisticLock)]
struct Product { //~ ERROR
    id: i32,
    name: String,
    version: i32,
}

fn main() {}
