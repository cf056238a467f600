//! Fields that are converted before they are written.

use super::*;

diesel::table! { things (id) { id -> Integer, colour -> Text, version -> Integer } }

#[derive(Clone, Copy, Debug, PartialEq)]
enum Colour {
    Red,
    Blue,
}

impl From<Colour> for String {
    fn from(colour: Colour) -> Self {
        format!("{colour:?}")
    }
}

#[derive(Clone, OptimisticLock)]
#[diesel(table_name = things)]
#[occ(tracked)]
struct Thing(
    #[diesel(column_name = id)] i32,
    #[diesel(column_name = colour, serialize_as = String)] Colour,
    #[diesel(column_name = version)] i32,
);

#[test]
fn fields_of_a_tuple_struct_have_numbers_and_are_converted() {
    let conn = &mut database("id INTEGER, colour TEXT, version INTEGER", "1, 'Red', 1");
    let mut thing = Tracked::new(Thing(1, Colour::Red, 1));
    thing.1 = Colour::Blue;
    assert_eq!(thing.dirty_fields(), ["1"]);
    let recorder = record(conn);
    thing.save_optimistic(conn).unwrap();
    assert_eq!(
        recorder.take(),
        ["UPDATE things SET colour = ?, version = ? WHERE id = ? AND version = ? -- [\"Blue\", 2, 1, 1]"]
    );
    assert_eq!(format!("{thing:?}"), "Tracked { table: \"things\", version: 2, 0: 1, 1: Blue }");
}
