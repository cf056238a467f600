use std::fmt;

/// Fields that both sides have changed in different ways, and that no rule decides.
///
/// ```
/// fn fields(error: &occ_runtime::UnmergedError) -> Vec<&str> {
///     error.differences().iter().map(|difference| difference.field()).collect()
/// }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnmergedError(Box<Unmerged>);

/// Boxed, so that a `Result` stays small.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Unmerged {
    table: &'static str,
    key: String,
    differences: Vec<Difference>,
}

impl UnmergedError {
    pub(crate) fn new(table: &'static str, key: String, differences: Vec<Difference>) -> Self {
        Self(Box::new(Unmerged { table, key, differences }))
    }

    /// The name of the table's `table!` module.
    #[must_use]
    pub fn table(&self) -> &'static str {
        self.0.table
    }

    /// The primary key of the row; several columns as `(1, "blue")`.
    #[must_use]
    pub fn key(&self) -> &str {
        &self.0.key
    }

    /// Each of these fields, with its value before both changes, mine and theirs.
    #[must_use]
    pub fn differences(&self) -> &[Difference] {
        &self.0.differences
    }
}

impl fmt::Display for UnmergedError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Unmerged { table, key, differences } = &*self.0;
        write!(f, "cannot merge row {key} of `{table}`: both sides have changed ")?;
        for (index, difference) in differences.iter().enumerate() {
            write!(f, "{}`{}`", if index == 0 { "" } else { ", " }, difference.field())?;
        }
        f.write_str("; decide for each between mine and theirs with `rebase_with`, or give it a merge rule")?;
        if differences.iter().any(|difference| difference.combined) {
            f.write_str(
                "; a rule for both sides decides nothing where it has no result (a sum that does not fit, two changes of one \
                 line), or where it is not known whether the row holds mine already",
            )?;
        }
        Ok(())
    }
}

impl std::error::Error for UnmergedError {}

/// One field that two sides have made different things of, with its values as text for a page.
///
/// A value is written as `Display` has it, else as `Debug` has it; a `None` is `none`. The values of a field that is
/// `#[occ(secret)]` are all `hidden`, here and in everything made of it.
///
/// ```
/// use occ_runtime::conflict::Difference;
///
/// fn line(difference: &Difference) -> String {
///     let theirs = difference.theirs().unwrap_or("deleted");
///     format!("{}: you wrote {}, and now it is {theirs}", difference.field(), difference.mine())
/// }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    pub(crate) field: &'static str,
    pub(crate) secret: bool,
    /// Whether its rule makes something of both sides, and could not be followed.
    pub(crate) combined: bool,
    pub(crate) base: Option<String>,
    pub(crate) mine: String,
    pub(crate) theirs: Option<String>,
}

impl Difference {
    /// The name of the field; of a tuple struct its number.
    #[must_use]
    pub fn field(&self) -> &'static str {
        self.field
    }

    /// The value before both changes, if it is known.
    #[must_use]
    pub fn base(&self) -> Option<&str> {
        self.base.as_deref()
    }

    /// The value that could not be saved.
    #[must_use]
    pub fn mine(&self) -> &str {
        &self.mine
    }

    /// The value in the row; `None` where the row is gone.
    #[must_use]
    pub fn theirs(&self) -> Option<&str> {
        self.theirs.as_deref()
    }

    /// Whether the values are hidden.
    #[must_use]
    pub fn is_secret(&self) -> bool {
        self.secret
    }
}
