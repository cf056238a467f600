use occ_runtime::{DatabaseGenerated, OptimisticLock};

diesel::table! { products (id) { id -> Integer, name -> Text, version -> Timestamp } }

#[derive(OptimisticLock)]
struct Product {
    id: i32,
    name: String,
    #[occ(version, generator = DatabaseGenerated)] //~ ERROR does not make versions of type `SystemTime`
    version: std::time::SystemTime,
}

fn main() {}
