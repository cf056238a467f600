#[derive(OptimisticLock)]
#[diesel(primary_key(tenant, id))]
struct Product {
    id: i32,
    name: String,
    version: i32,
}
