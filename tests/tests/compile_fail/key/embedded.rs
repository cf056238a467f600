use diesel::prelude::*;
use occ_runtime::prelude::*;

diesel::table! {
    disks (id) {
        id -> Integer,
        name -> Text,
        size -> Integer,
        version -> Integer,
    }
}

#[derive(AsChangeset)]
#[diesel(table_name = disks)]
struct Identity {
    id: i32,
    name: String,
}

#[derive(OptimisticLock)]
struct Disk { //~ ERROR no field holds the key column `id`
    #[diesel(embed)]
    identity: Identity,
    size: i32,
    version: i32,
}

fn main() {}
