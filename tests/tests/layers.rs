//! The files of both libraries import downwards only: what a reader sees first hangs on what comes below, and on nothing
//! that hangs on it. Read from the `use` lines and from paths that begin with `crate::`.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// The floors of `occ-runtime/src`, the highest first. What stands on one floor need not know each other.
const RUNTIME: &[&[&str]] = &[
    &["lib"],
    &["testing", "bound"],
    &["blocking", "asynchronous", "without_async"],
    &["operation", "http"],
    &["conflict", "schema"],
    &["statement", "private"],
    &["transaction"],
    &["model"],
    &["version", "retry"],
    &["error"],
];

/// The floors of `occ-derive/src`.
const DERIVE: &[&[&str]] = &[
    &["lib"],
    &["stages"],
    &["expand", "fallback"],
    &["check"],
    &["model"],
    &["generics"],
    &["attr"],
    &["choice"],
    &["keys", "legacy"],
    &["items", "names", "types", "spelling"],
    &["errors"],
];

#[test]
fn the_runtime_imports_downwards_only() {
    refuse_wrong_imports("occ-runtime/src", RUNTIME);
}

#[test]
fn the_derive_imports_downwards_only() {
    refuse_wrong_imports("occ-derive/src", DERIVE);
}

#[test]
fn no_file_has_more_than_400_lines_and_no_macro_more_than_60() {
    let mut long = Vec::new();
    for source in ["occ-runtime/src", "occ-derive/src"] {
        let files = files(&Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(source));
        assert!(!files.is_empty(), "{source} has no files");
        for (module, text) in files {
            let lines: Vec<&str> = text.lines().collect();
            if lines.len() > 400 {
                long.push(format!("{source}, {module}: {} lines", lines.len()));
            }
            let starts = lines.iter().enumerate().filter(|(_, line)| line.starts_with("macro_rules! "));
            for (start, line) in starts {
                let length = lines[start..].iter().take_while(|line| **line != "}").count() + 1;
                if length > 60 {
                    long.push(format!("{source}, {module}: {length} lines of {line}"));
                }
            }
        }
    }
    assert!(long.is_empty(), "split these: {long:#?}");
}

fn refuse_wrong_imports(source: &str, floors: &[&[&str]]) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(source);
    let files = files(&root);
    let modules: BTreeSet<String> = files.keys().cloned().collect();
    let mut imports: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (module, text) in &files {
        let found = paths(module, text);
        let targets =
            found.iter().filter_map(|path| defining(path, &modules)).filter(|target| target != module);
        imports.insert(module.clone(), targets.collect());
    }

    let mut wrong = Vec::new();
    for (from, targets) in &imports {
        for to in targets {
            match (floor(floors, folder(from)), floor(floors, folder(to))) {
                (None, _) => wrong.push(format!("`{from}` stands on no floor: add it to this test")),
                (_, None) => wrong.push(format!("`{to}` stands on no floor: add it to this test")),
                (Some(above), Some(below)) if above > below => {
                    wrong.push(format!("`{from}` imports `{to}`, which stands above it"));
                }
                (Some(above), Some(below)) if above == below && folder(from) != folder(to) => {
                    wrong.push(format!("`{from}` imports `{to}`, which stands beside it"));
                }
                _ => {}
            }
        }
    }
    for module in imports.keys() {
        if let Some(circle) = circle(module, &imports) {
            wrong.push(format!("a circle: {}", circle.join(" imports ")));
            break;
        }
    }
    wrong.dedup();
    assert!(wrong.is_empty(), "{source}:\n{}", wrong.join("\n"));
    assert!(imports.values().map(BTreeSet::len).sum::<usize>() > 20, "{source}: hardly any import was found");
}

/// Each file's text, by its module: `statement::update`, and `lib`.
fn files(root: &Path) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    let mut folders = vec![PathBuf::new()];
    while let Some(inner) = folders.pop() {
        for entry in fs::read_dir(root.join(&inner)).unwrap() {
            let name = entry.unwrap().file_name().into_string().unwrap();
            let path = inner.join(&name);
            if root.join(&path).is_dir() {
                folders.push(path);
            } else if let Some(stem) = name.strip_suffix(".rs") {
                let mut module: Vec<&str> = inner.iter().map(|part| part.to_str().unwrap()).collect();
                if stem != "mod" {
                    module.push(stem);
                }
                found.insert(module.join("::"), fs::read_to_string(root.join(&path)).unwrap());
            }
        }
    }
    found
}

/// The paths within the crate that a file names, but for those of its documentation and of its unit tests.
fn paths(module: &str, text: &str) -> BTreeSet<String> {
    let text = text.split("#[cfg(test)]\nmod ").next().unwrap_or_default();
    let code: String = text
        .lines()
        .map(|line| line.split("//").next().unwrap_or_default())
        .filter(|line| !line.trim_start().starts_with("pub mod ") || line.contains('{'))
        .fold(String::new(), |code, line| code + line + "\n");
    let mut found = BTreeSet::new();
    for root in ["crate::", "super::"] {
        for (at, _) in code.match_indices(root) {
            if code[..at].ends_with(|before: char| before.is_alphanumeric() || before == '_' || before == ':')
            {
                continue;
            }
            let start = if root == "super::" { parent(module) } else { String::new() };
            expand(&start, &code[at + root.len()..], &mut found);
        }
    }
    found
}

/// All paths of an import: `a::{b, c::{self, d}}` are three.
fn expand(before: &str, rest: &str, found: &mut BTreeSet<String>) {
    let end = rest.find(|c: char| !(c.is_alphanumeric() || c == '_' || c == ':')).unwrap_or(rest.len());
    let head = rest[..end].trim_end_matches("::");
    let path = [before, head].iter().filter(|part| !part.is_empty()).copied().collect::<Vec<_>>().join("::");
    if !rest[end..].starts_with('{') || !(rest[..end].ends_with("::") || end == 0) {
        found.insert(path);
        return;
    }
    let mut depth = 0;
    let mut item = end + 1;
    for (at, c) in rest.char_indices().skip_while(|(at, _)| *at < end) {
        match c {
            '{' => depth += 1,
            ',' if depth == 1 => {
                expand(&path, rest[item..at].trim(), found);
                item = at + 1;
            }
            '}' => {
                depth -= 1;
                if depth == 0 {
                    expand(&path, rest[item..at].trim(), found);
                    return;
                }
            }
            _ => {}
        }
    }
}

/// The file that a path leads into: the longest module that it begins with. A name at the crate's root is defined elsewhere.
fn defining(path: &str, modules: &BTreeSet<String>) -> Option<String> {
    let parts: Vec<&str> = path.split("::").collect();
    (1..=parts.len()).rev().map(|length| parts[..length].join("::")).find(|module| modules.contains(module))
}

fn parent(module: &str) -> String {
    module.rsplit_once("::").map_or_else(String::new, |(parent, _)| parent.to_owned())
}

fn folder(module: &str) -> &str {
    module.split("::").next().unwrap_or(module)
}

/// Counted from the top.
fn floor(floors: &[&[&str]], folder: &str) -> Option<usize> {
    floors.iter().position(|floor| floor.contains(&folder))
}

/// The files of a circle that begins and ends with this one.
fn circle(from: &str, imports: &BTreeMap<String, BTreeSet<String>>) -> Option<Vec<String>> {
    let mut seen = BTreeSet::new();
    let mut ways = vec![vec![from.to_owned()]];
    while let Some(way) = ways.pop() {
        for next in imports.get(way.last()?).into_iter().flatten() {
            let longer = [way.clone(), vec![next.clone()]].concat();
            if next == from {
                return Some(longer);
            }
            if seen.insert(next.clone()) {
                ways.push(longer);
            }
        }
    }
    None
}
