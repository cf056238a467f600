use occ_runtime::prelude::*;

#[derive(OptimisticLock)]
struct Product { //~ ERROR cannot find module or crate `products`
    id: i32,
    name: String,
    version: i32,
}

fn main() {}
