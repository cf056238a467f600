//! Where two texts differ, for the eye.

/// A text in three parts: what begins and ends it as the other one begins and ends, and what differs between. It goes by
/// words, and not further into the text than from both ends: enough to see a small change in a long text.
pub struct Marked<'t> {
    pub before: &'t str,
    pub changed: &'t str,
    pub after: &'t str,
}

impl<'t> Marked<'t> {
    pub fn between(other: &str, text: &'t str) -> Self {
        let (theirs, words) = (words(other), words(text));
        let most = theirs.len().min(words.len());
        let same = |count: &usize| theirs[*count] == words[*count];
        let first = (0..most).take_while(same).count();
        let same = |count: &usize| theirs[theirs.len() - 1 - count] == words[words.len() - 1 - count];
        let last = (0..most - first).take_while(same).count();
        let length = |words: &[&str]| words.iter().map(|word| word.len()).sum::<usize>();
        let (before, rest) = text.split_at(length(&words[..first]));
        let (changed, after) = rest.split_at(rest.len() - length(&words[words.len() - last..]));
        Self { before, changed, after }
    }
}

/// Words, and the spaces between them.
fn words(text: &str) -> Vec<&str> {
    let mut words = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let end = rest.find(|c: char| c.is_whitespace() != first.is_whitespace()).unwrap_or(rest.len());
        let (word, others) = rest.split_at(end);
        words.push(word);
        rest = others;
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    fn marked(other: &str, text: &str) -> String {
        let Marked { before, changed, after } = Marked::between(other, text);
        format!("{before}[{changed}]{after}")
    }

    #[test]
    fn what_differs_is_marked() {
        assert_eq!(marked("a small boat", "a red boat"), "a [red] boat");
        assert_eq!(marked("", "new"), "[new]");
        assert_eq!(marked("old", ""), "[]");
        assert_eq!(marked("same", "same"), "same[]");
        assert_eq!(marked("a a", "a a a"), "a a[ a]");
        assert_eq!(marked("one\ntwo", "one\n\ntwo"), "one[\n\n]two");
        assert_eq!(marked("für uns", "für alle"), "für [alle]");
    }
}
