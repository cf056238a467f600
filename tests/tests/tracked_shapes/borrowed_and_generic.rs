//! Structs that borrow, and generic ones.

use super::*;

diesel::table! { things (id) { id -> Integer, name -> Text, size -> Integer, version -> Integer } }

#[derive(Clone, Debug, PartialEq, OptimisticLock)]
#[diesel(table_name = things)]
#[occ(tracked)]
struct Thing<'a, T: Clone + std::fmt::Debug + 'static> {
    id: i32,
    name: &'a str,
    #[occ(merge = mine)]
    size: T,
    version: i32,
}

#[test]
fn borrowed_and_generic_fields_are_tracked() {
    let conn = &mut database("id INTEGER, name TEXT, size INTEGER, version INTEGER", "1, 'box', 2, 1");
    let name = String::from("crate");
    let mut thing = Tracked::new(Thing { id: 1, name: "box", size: 2_i32, version: 1 });
    thing.name = &name;
    thing.save_optimistic(conn).unwrap();
    thing.size = 3;
    assert_eq!(thing.dirty_fields(), ["size"]);
    thing.save_optimistic(conn).unwrap();
    assert_eq!(things::table.first::<(i32, String, i32, i32)>(conn).unwrap(), (1, "crate".into(), 3, 3));
}
