//! Three-way merges: what two sides have made of one row.

use crate::error::unmerged::Difference;
use crate::model::fields::{Rule, Trackable, fields};

/// Which side of a field wins, in [`rebase_with`](crate::TrackedDsl::rebase_with).
///
/// ```
/// use occ_runtime::Choice;
/// # struct Article { title: String }
///
/// /// The longer title; everything else is for people to decide.
/// fn choose(field: &str, _base: &Article, mine: &Article, theirs: &Article) -> Choice<Article> {
///     match field {
///         "title" if mine.title.len() > theirs.title.len() => Choice::Mine,
///         "title" => Choice::Theirs,
///         _ => Choice::Undecided,
///     }
/// }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Choice<T> {
    /// The value in memory.
    Mine,
    /// The value in the row.
    Theirs,
    /// What the field is in this value, of which nothing else is taken:
    /// `Choice::Value(Article { title: longer, ..mine.clone() })`.
    Value(T),
    /// Neither: the field is reported in [`Error::Unmerged`](crate::Error::Unmerged), and nothing is merged.
    Undecided,
}

/// Who may have written a row since it was what a merge starts from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Since {
    Others,
    /// It is at the version that mine has. Of a field that I have sent, the database has made what it is: a column that rounds
    /// or pads, a trigger. Of others the base may come from elsewhere, such as a form.
    Nobody,
    /// I, by a method that writes the value and not what it was loaded as, such as `save_optimistic_if`; and nobody else.
    Myself,
    /// Others and I.
    Unknown,
    /// Others, or I by a write that was sent and whose answer nobody has heard.
    Unheard,
}

/// What both sides have made of `base`, or the fields for which nobody decides.
///
/// It starts from theirs, so that whatever is not said to be mine is the row's. `was_sent` are the fields of whose base only
/// what was sent is known: where the row differs from that, the database may have made it so, and not they.
pub(crate) fn merge<M, F>(
    (base, since): (&M, Since),
    mine: &M,
    theirs: &M,
    was_sent: impl Fn(&str) -> bool,
    mut choose: F,
) -> Result<M, Vec<Difference>>
where
    M: Trackable,
    F: FnMut(&'static str, &M, &M, &M) -> Choice<M>,
{
    let is_mine_alone = |field: &str| match since {
        Since::Myself => true,
        Since::Nobody => was_sent(field),
        Since::Others | Since::Unknown | Since::Unheard => false,
    };
    let mut merged = theirs.clone();
    let mut undecided = Vec::new();
    for field in fields::<M>() {
        // A sum that is what it was may hold mine, and what others have taken from it since.
        let may_be_both = since == Since::Unheard && matches!(field.merge_rule(), Rule::Add(_));
        let choice = if !field.is_changed(base, mine) {
            Choice::Theirs
        } else if is_mine_alone(field.name()) || field.is_same(base, theirs) && !may_be_both {
            Choice::Mine
        } else if matches!(since, Since::Unknown | Since::Unheard)
            && !matches!(field.merge_rule(), Rule::Mine)
        {
            // What differs may be my own writing, which must neither be added once more nor be taken for theirs.
            if field.is_same(mine, theirs) && !may_be_both {
                Choice::Theirs
            } else {
                choose(field.name(), base, mine, theirs)
            }
        } else {
            match field.merge_rule() {
                // Also where both changes are the same: two people who count one each are two.
                Rule::Add(add) if add(&mut merged, base, mine, theirs) => Choice::Theirs,
                Rule::Ask | Rule::Join(_) if field.is_same(mine, theirs) => Choice::Theirs,
                Rule::Join(join) if join(&mut merged, base, mine, theirs) => Choice::Theirs,
                Rule::Ask | Rule::Add(_) | Rule::Join(_) => choose(field.name(), base, mine, theirs),
                Rule::Mine => Choice::Mine,
                // My edit must not give way to what may be nobody's change.
                Rule::Theirs if was_sent(field.name()) => choose(field.name(), base, mine, theirs),
                Rule::Theirs => Choice::Theirs,
            }
        };
        match choice {
            Choice::Mine => field.copy(&mut merged, mine),
            Choice::Theirs => {}
            Choice::Value(value) => field.copy(&mut merged, &value),
            Choice::Undecided => undecided.push(field.difference(Some(base), mine, Some(theirs))),
        }
    }
    if undecided.is_empty() { Ok(merged) } else { Err(undecided) }
}

/// Nobody is there to choose.
pub(crate) fn undecided<T>(_: &'static str, _: &T, _: &T, _: &T) -> Choice<T> {
    Choice::Undecided
}
