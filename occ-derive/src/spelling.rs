//! What a misspelt word was likely meant to be.

/// The first of `known` that `typed` is close to.
pub(crate) fn nearest<'a>(typed: &str, mut known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    known.find(|known| is_near(typed, known))
}

/// At most two letters added, dropped, changed or swapped, and less than half of the word.
fn is_near(typed: &str, known: &str) -> bool {
    let distance = edit_distance(typed, known);
    distance <= 2 && distance * 2 < known.len()
}

/// Levenshtein distance, with a swap of neighbours counted as one.
fn edit_distance(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let mut rows = vec![vec![0; b.len() + 1]; a.len() + 1];
    for i in 0..=a.len() {
        for j in 0..=b.len() {
            rows[i][j] = if i == 0 || j == 0 {
                i + j
            } else {
                let changed = rows[i - 1][j - 1] + usize::from(a[i - 1] != b[j - 1]);
                let mut best = changed.min(rows[i - 1][j] + 1).min(rows[i][j - 1] + 1);
                if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                    best = best.min(rows[i - 2][j - 2] + 1);
                }
                best
            };
        }
    }
    rows[a.len()][b.len()]
}

/// `` `a` or `b` ``
pub(crate) fn join<'a>(names: impl Iterator<Item = &'a str>) -> String {
    names.map(|name| format!("`{name}`")).collect::<Vec<_>>().join(" or ")
}

/// `a` and `b`
pub(crate) fn and(names: &[String]) -> String {
    let quoted: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    match quoted.split_last() {
        Some((last, [])) => last.clone(),
        Some((last, others)) => format!("{} and {last}", others.join(", ")),
        None => "several".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_letter_more_or_less_or_another_or_a_swap_is_one_change() {
        for (a, b, distance) in [
            ("", "", 0),
            ("", "abc", 3),
            ("abc", "", 3),
            ("abc", "abc", 0),
            ("abc", "abcd", 1),
            ("abc", "xabc", 1),
            ("abc", "ac", 1),
            ("abc", "bc", 1),
            ("abc", "abx", 1),
            ("abc", "xbc", 1),
            ("ab", "ba", 1),
            ("abcd", "acbd", 1),
            ("xabcd", "xbadc", 2),
            ("abc", "cab", 2),
            ("abc", "xyz", 3),
            ("kitten", "sitting", 3),
            ("äb", "bä", 1),
            ("abxba", "baxab", 2),
        ] {
            assert_eq!(edit_distance(a, b), distance, "{a} {b}");
            assert_eq!(edit_distance(b, a), distance, "{b} {a}");
        }
    }

    #[test]
    fn near_is_two_changes_and_less_than_half_of_the_word() {
        for (typed, known, near) in [
            ("verson", "version", true),
            ("vrson", "version", true),
            ("vrsn", "version", false),
            ("add", "all", false),
            ("al", "all", true),
            ("xl", "all", false),
            ("axxx", "abcde", false),
            ("axxde", "abcde", true),
            ("axxd", "abcd", false),
        ] {
            assert_eq!(is_near(typed, known), near, "{typed} {known}");
        }
        assert_eq!(nearest("secert", ["version", "secret", "secrets"].into_iter()), Some("secret"));
        assert_eq!(nearest("color", ["version", "secret"].into_iter()), None);
    }

    #[test]
    fn names_are_joined_as_one_would_write_them() {
        assert_eq!(join([].into_iter()), "");
        assert_eq!(join(["a"].into_iter()), "`a`");
        assert_eq!(join(["a", "b", "c"].into_iter()), "`a` or `b` or `c`");
        let and = |names: &[&str]| and(&names.iter().map(ToString::to_string).collect::<Vec<_>>());
        assert_eq!(and(&[]), "several");
        assert_eq!(and(&["a"]), "`a`");
        assert_eq!(and(&["a", "b"]), "`a` and `b`");
        assert_eq!(and(&["a", "b", "c"]), "`a`, `b` and `c`");
    }
}
