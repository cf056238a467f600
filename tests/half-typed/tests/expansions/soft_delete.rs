#[derive(OptimisticLock)]
struct Product {
    id: i32,
    name: String,
    #[occ(soft_delete)]
    deleted_at: Option<SystemTime>,
    version: i32,
}
