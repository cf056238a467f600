//! `#[occ(merge = text)]`: what two sides have made of one text, line by line.

#[cfg(feature = "text")]
use std::borrow::Cow;

/// More pairs of lines than this are not compared: the time that a comparison takes may grow with their number, and who sends a text
/// should not decide how long a server works on it. It is about the 5,000 lines between the first and the last edit, on either side.
#[cfg(feature = "text")]
const MOST_PAIRS: usize = 25_000_000;

/// A type that holds a text, of which each side may change some lines: what `#[occ(merge = text)]` needs of a field. Feature `text`.
///
/// `String`, `Cow<str>`, `Box<str>` and `Option`s of them have it. It is the three-way merge of version control: a conflict where both
/// have changed the same line, or lines that touch each other, in different ways. A line ends with `\n`; one with another ending is
/// another line. Texts with more than some 5,000 lines between the first and the last edit are not compared: they are a conflict.
/// Implement it for types of your own:
///
/// ```
/// use occ_runtime::MergeText;
///
/// struct Markdown(String);
///
/// impl MergeText for Markdown {
///     fn merge_text(base: &Self, mine: &Self, theirs: &Self) -> Option<Self> {
///         String::merge_text(&base.0, &mine.0, &theirs.0).map(Markdown)
///     }
/// }
/// let text = |text: &str| Markdown(text.to_owned());
/// let base = text("Eggs\n\nFlour\n");
/// let merged = Markdown::merge_text(&base, &text("Two eggs\n\nFlour\n"), &text("Eggs\n\nFlour\n\nMilk\n"));
/// assert_eq!(merged.map(|text| text.0).as_deref(), Some("Two eggs\n\nFlour\n\nMilk\n"));
/// assert!(Markdown::merge_text(&base, &text("Two eggs\n\nFlour\n"), &text("Three eggs\n\nFlour\n")).is_none());
/// ```
#[cfg(feature = "text")]
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no text",
    label = "cannot be merged by `text`",
    note = "`text` is for `String`, `Cow<str>`, `Box<str>` and `Option`s of them: merge it by `mine` or `theirs`, or implement `occ_runtime::MergeText` for `{Self}`"
)]
pub trait MergeText: Sized {
    /// The text with the lines that each side has changed; `None` where both have changed the same ones, which is then a conflict.
    fn merge_text(base: &Self, mine: &Self, theirs: &Self) -> Option<Self>;
}

#[cfg(feature = "text")]
impl MergeText for String {
    fn merge_text(base: &Self, mine: &Self, theirs: &Self) -> Option<Self> {
        merge(base, mine, theirs)
    }
}

#[cfg(feature = "text")]
impl MergeText for Box<str> {
    fn merge_text(base: &Self, mine: &Self, theirs: &Self) -> Option<Self> {
        merge(base, mine, theirs).map(Self::from)
    }
}

#[cfg(feature = "text")]
impl MergeText for Cow<'_, str> {
    fn merge_text(base: &Self, mine: &Self, theirs: &Self) -> Option<Self> {
        merge(base, mine, theirs).map(Self::from)
    }
}

/// The merge of what is inside. Two changes to `None` are one; any other change from or to `None` is no text.
#[cfg(feature = "text")]
impl<T: MergeText> MergeText for Option<T> {
    fn merge_text(base: &Self, mine: &Self, theirs: &Self) -> Option<Self> {
        match (base, mine, theirs) {
            (_, None, None) => Some(None),
            (Some(base), Some(mine), Some(theirs)) => T::merge_text(base, mine, theirs).map(Some),
            _ => None,
        }
    }
}

#[cfg(feature = "text")]
fn merge(base: &str, mine: &str, theirs: &str) -> Option<String> {
    let is_too_long = [mine, theirs].iter().any(|side| pairs(base, side) > MOST_PAIRS);
    if is_too_long { None } else { diffy::merge(base, mine, theirs).ok() }
}

/// How many pairs of lines there are between the first and the last line in which these differ.
#[cfg(feature = "text")]
fn pairs(base: &str, side: &str) -> usize {
    let lines = |text: &'_ str| text.split_inclusive('\n').count();
    let same = |one: &mut dyn Iterator<Item = &str>, other: &mut dyn Iterator<Item = &str>| {
        one.zip(other).take_while(|(one, other)| one == other).count()
    };
    let (all, its) = (lines(base), lines(side));
    let before = same(&mut base.split_inclusive('\n'), &mut side.split_inclusive('\n'));
    let after = same(&mut base.split_inclusive('\n').rev(), &mut side.split_inclusive('\n').rev());
    all.saturating_sub(before + after).max(1).saturating_mul(its.saturating_sub(before + after).max(1))
}

/// Sets a field to the merged text; `false`, and it stays, where there is none. A line of the derive.
#[doc(hidden)]
#[cfg_attr(
    feature = "text",
    diagnostic::on_unimplemented(
        message = "`{Self}` is no text",
        label = "cannot be merged by `text`",
        note = "`text` is for `String`, `Cow<str>`, `Box<str>` and `Option`s of them: merge it by `mine` or `theirs`, or implement `occ_runtime::MergeText` for `{Self}`"
    )
)]
#[cfg_attr(
    not(feature = "text"),
    diagnostic::on_unimplemented(
        message = "`merge = text` needs the feature `text` of occ-runtime",
        label = "the feature `text` is not enabled",
        note = "enable it: `cargo add occ-runtime --features text`"
    )
)]
pub trait Texts {
    fn lines(&mut self, base: &Self, mine: &Self, theirs: &Self) -> bool;
}

#[cfg(feature = "text")]
#[diagnostic::do_not_recommend]
impl<T: MergeText> Texts for T {
    fn lines(&mut self, base: &T, mine: &T, theirs: &T) -> bool {
        super::merge_add::put(self, T::merge_text(base, mine, theirs))
    }
}

#[cfg(all(test, feature = "text"))]
mod tests {
    use std::fmt::Write as _;

    use super::{MOST_PAIRS, merge, pairs};

    #[test]
    fn lines_that_do_not_touch_are_merged() {
        for (base, mine, theirs, merged) in [
            ("a\nb\nc\n", "A\nb\nc\n", "a\nb\nC\n", "A\nb\nC\n"),
            // The last line may have no end.
            ("a\nb\nc", "A\nb\nc", "a\nb\nC", "A\nb\nC"),
            ("a\nb\nc\n", "b\nc\n", "a\nb\nc\nd\n", "b\nc\nd\n"),
            // Both have done the same.
            ("a\n", "b\n", "b\n", "b\n"),
            ("", "a", "a", "a"),
            // Marks of a conflict in a text are text.
            (
                "x\n",
                "<<<<<<< ours\nx\n=======\n>>>>>>> theirs\n",
                "x\n",
                "<<<<<<< ours\nx\n=======\n>>>>>>> theirs\n",
            ),
            ("a\r\nb\r\nc\r\n", "A\r\nb\r\nc\r\n", "a\r\nb\r\nC\r\n", "A\r\nb\r\nC\r\n"),
        ] {
            assert_eq!(merge(base, mine, theirs).as_deref(), Some(merged), "{base:?} {mine:?} {theirs:?}");
            assert_eq!(merge(base, theirs, mine).as_deref(), Some(merged), "{base:?} {theirs:?} {mine:?}");
        }
    }

    #[test]
    fn lines_that_touch_are_a_conflict() {
        for (base, mine, theirs) in [
            ("a\n", "b\n", "c\n"),
            ("a\nb\n", "A\nb\n", "a\nB\n"),
            ("", "x", "y"),
            ("a", "a\nb", "a\nc"),
            ("a\nb\nc\n", "a\nc\n", "a\nB\nc\n"),
            // Another ending is another line.
            ("a\r\nb\r\nc\r\n", "a\nb\nc\n", "a\r\nb\r\nC\r\n"),
        ] {
            assert_eq!(merge(base, mine, theirs), None, "{base:?} {mine:?} {theirs:?}");
        }
    }

    #[test]
    fn what_would_take_too_long_is_a_conflict() {
        let numbered = |prefix: &str| {
            (0..6_000).fold(String::new(), |mut text, number| {
                let _ = writeln!(text, "{prefix}{number}");
                text
            })
        };
        let base = numbered("");
        assert!(pairs(&base, &numbered("m")) > MOST_PAIRS);
        assert_eq!(merge(&base, &numbered("m"), &base), None);
        // A long text in which each has changed a line is none.
        let (mine, theirs) = (base.replace("\n77\n", "\nmine\n"), base.replace("\n5000\n", "\ntheirs\n"));
        assert_eq!(pairs(&base, &mine), 1);
        assert_eq!(merge(&base, &mine, &theirs), Some(mine.replace("\n5000\n", "\ntheirs\n")));
        assert_eq!(pairs("", ""), 1);
        assert_eq!(pairs("a\na\n", "a\n"), 1);
    }
}
