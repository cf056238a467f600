#[derive(OptimisticLock)]
struct Product {
    id: i32,
    name: String,
    version: i32,
}
