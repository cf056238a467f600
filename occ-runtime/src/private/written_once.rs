//! That no column is written both by a struct and by one that is embedded in it.
//!
//! Diesel's `UPDATE` sets such a column twice. PostgreSQL refuses that; SQLite and MariaDB take one of the two, also for the
//! version, which then need not move, and for the key, which then moves the row.
//!
//! Only types tell which columns an embedded changeset assigns: its values may be `None`, and its SQL is written to wherever
//! the database wants it. So the name of its type is read. What an assignment is called there is not written down here: the
//! struct's own columns are assigned as well, and tell.

use std::any::type_name;
use std::sync::OnceLock;

use diesel::query_builder::AsChangeset;
use diesel::result::{Error, QueryResult};

use crate::private::convert::Embedded;

/// What was found out about a struct with embedded ones, once in a program.
#[doc(hidden)]
#[derive(Debug, Default)]
pub struct WrittenOnce(OnceLock<Option<String>>);

impl WrittenOnce {
    /// Nothing yet.
    #[must_use]
    pub const fn new() -> Self {
        Self(OnceLock::new())
    }

    /// Refuses to write where a column of `table` is written twice by the struct `name`.
    pub fn check(&self, name: &str, table: &str, written: impl FnOnce(&mut Written)) -> QueryResult<()> {
        let mistake = self.0.get_or_init(|| {
            let mut all = Written::default();
            written(&mut all);
            all.mistake(name, table)
        });
        match mistake {
            None => Ok(()),
            Some(mistake) => Err(Error::QueryBuilderError(mistake.clone().into())),
        }
    }
}

/// What a struct writes.
#[doc(hidden)]
#[derive(Debug, Default)]
pub struct Written {
    /// The name of the type of each own assignment.
    own: Vec<&'static str>,
    /// The same of each embedded changeset, and how the struct is called.
    embedded: Vec<(&'static str, &'static str)>,
}

impl Written {
    /// A column of the struct's own, by what Diesel makes of an equation with it.
    pub fn own<E: AsChangeset>(&mut self) {
        self.own.push(type_name::<E::Changeset>());
    }

    /// The columns of the embedded struct `E`.
    pub fn embedded<'a, Tab, E>(&mut self, name: &'static str)
    where
        E: Embedded<'static, Tab> + 'a,
    {
        self.embedded.push((name, type_name::<E::Changeset<'a>>()));
    }

    fn mistake(&self, name: &str, table: &str) -> Option<String> {
        let mut seen = Vec::new();
        for assignment in &self.own {
            seen.extend(targets(assignment, assignment).map(|target| (target, name)));
        }
        for (embedded, changeset) in &self.embedded {
            let before = seen.len();
            // Any own assignment says what one is called. A struct has at least a key.
            for target in self.own.iter().take(1).flat_map(|own| targets(changeset, own)) {
                if let Some((_, other)) = seen.iter().find(|(earlier, _)| *earlier == target) {
                    return Some(twice(column(target), table, other, embedded));
                }
                seen.push((target, embedded));
            }
            if seen.len() == before {
                return Some(format!(
                    "the type of the changeset of `{embedded}`, which is embedded in `{name}`, does not tell which columns \
                     it writes, and one that is also a field of `{name}` would be written twice; nothing was sent: \
                     derive `AsChangeset` for `{embedded}`"
                ));
            }
        }
        None
    }
}

fn twice(column: &str, table: &str, one: &str, other: &str) -> String {
    format!(
        "the column `{column}` of `{table}` would be written twice, by `{one}` and by `{other}`, which is embedded; nothing \
         was sent: remove the field from one of them, or put `#[diesel(skip_update)]` above the one in `{other}`"
    )
}

/// What is assigned in a changeset, by the name of its type; `own` is the name of some type of assignment.
///
/// `Assign<Column<items::name>, Bound<Text, &str>>` is made of what it assigns to and what it assigns.
fn targets<'t>(changeset: &'t str, own: &str) -> impl Iterator<Item = &'t str> {
    let assign = own.split_once('<').map(|(assign, _)| format!("{assign}<"));
    let pieces: Vec<&str> = match &assign {
        Some(assign) => changeset.split(assign.as_str()).skip(1).collect(),
        None => Vec::new(),
    };
    pieces.into_iter().map(first_argument)
}

/// What is before the first comma that is not within brackets.
fn first_argument(arguments: &str) -> &str {
    let mut depth = 0_u32;
    for (at, letter) in arguments.char_indices() {
        match letter {
            '<' | '(' | '[' => depth += 1,
            '>' | ')' | ']' => depth = depth.saturating_sub(1),
            ',' if depth == 0 => return arguments.get(..at).unwrap_or(arguments),
            _ => {}
        }
    }
    arguments
}

/// The last name of a path, which may be within brackets: `name` of `Column<items::name>`.
fn column(target: &str) -> &str {
    target.rsplit("::").next().unwrap_or(target).trim_end_matches('>')
}

#[cfg(test)]
mod tests {
    use super::{column, first_argument, targets};

    #[test]
    fn what_is_assigned_is_the_first_argument() {
        for (arguments, first) in [
            ("a, b>", "a"),
            ("Column<a, b>, c>", "Column<a, b>"),
            ("(a, b), c>", "(a, b)"),
            ("[a; 2], c>", "[a; 2]"),
            ("A<B<(a, b), [c, d]>, e>, f>", "A<B<(a, b), [c, d]>, e>"),
            (">, a", ">"),
            ("a", "a"),
        ] {
            assert_eq!(first_argument(arguments), first);
        }
    }

    #[test]
    fn each_assignment_in_a_changeset_is_found() {
        let own = "diesel::Assign<items::id, items::id>";
        let changeset =
            "(diesel::Assign<Column<items::a>, Bound<i32, &i32>>, (diesel::Assign<items::b, X<1, 2>>,))";
        assert_eq!(targets(changeset, own).collect::<Vec<_>>(), ["Column<items::a>", "items::b"]);
        assert_eq!(targets(changeset, "Other<a, b>").count(), 0);
        assert_eq!(targets(changeset, "none").count(), 0);
        assert_eq!(column("Column<items::a>"), "a");
        assert_eq!(column("b"), "b");
    }
}
