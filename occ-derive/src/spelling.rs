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
