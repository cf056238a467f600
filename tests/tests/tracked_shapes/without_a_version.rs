//! Tables without a version.

use super::*;

diesel::table! { things (id, part) { id -> Integer, part -> Text, #[sql_name = "type"] kind -> Nullable<Text>, size -> Integer, version -> Text } }

#[derive(Clone, Copy, Debug, PartialEq)]
enum Kind {
    Round,
    Square,
}

impl From<Kind> for String {
    fn from(kind: Kind) -> Self {
        format!("{kind:?}")
    }
}

/// Its `version` is a column as any other.
#[derive(Clone, Debug, PartialEq, OptimisticLock)]
#[diesel(table_name = things, primary_key(id, part))]
#[occ(check = all)]
struct Thing<'a, T: Clone + std::fmt::Debug + 'static> {
    id: i32,
    part: &'a str,
    #[diesel(serialize_as = String)]
    kind: Option<Kind>,
    size: T,
    #[occ(version = false)]
    version: String,
}

#[test]
fn composite_keys_conversions_borrowed_and_generic_fields_are_compared() {
    let conn = &mut database(
        "id INTEGER, part TEXT, type TEXT, size INTEGER, version TEXT",
        "1, 'lid', NULL, 2, 'a'",
    );
    let thing = Thing { id: 1, part: "lid", kind: None, size: 2_i32, version: "a".into() };
    let (mut mine, mut old) = (Tracked::new(thing.clone()), Tracked::new(thing));
    let recorder = record(conn);
    mine.kind = Some(Kind::Square);
    mine.save_optimistic(conn).unwrap();
    mine.kind = Some(Kind::Round);
    mine.version = "b".into();
    mine.save_optimistic(conn).unwrap();
    let condition = "WHERE id = ? AND part = ? AND (type IS NOT NULL AND type = ? COLLATE BINARY OR type IS NULL AND ? IS NULL) \
                     AND size = ? AND version = ? COLLATE BINARY";
    assert_eq!(
        recorder.take(),
        [
            format!(
                "UPDATE things SET type = ? {condition} -- [\"Square\", 1, \"lid\", None, None, 2, \"a\"]"
            ),
            format!(
                "UPDATE things SET type = ?, version = ? {condition} \
                 -- [\"Round\", \"b\", 1, \"lid\", \"Square\", \"Square\", 2, \"a\"]"
            ),
        ]
    );
    old.size = 3;
    let Err(Error::Stale(stale)) = old.save_optimistic(conn) else { panic!("it was changed twice") };
    assert_eq!(
        (stale.key(), stale.expected(), stale.actual()),
        ("(1, \"lid\")", "as it was loaded", Some("changed"))
    );
    assert!(old.delete_optimistic(conn).unwrap_err().is_stale());
    mine.delete_optimistic(conn).unwrap();
}
