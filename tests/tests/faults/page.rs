//! The page `docs/FAULTS.md` and the tests are of one another.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

/// The names of all functions in the sources below.
fn functions(folder: &Path) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            names.extend(functions(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let text = fs::read_to_string(&path).unwrap();
            let mut lines = text.lines().map(str::trim).peekable();
            while let Some(line) = lines.next() {
                // By `faults!` and `scenarios!`, or plain.
                let is_case = line.contains("database) {") && !line.contains("Database");
                let declared = line.strip_prefix("async fn ").filter(|_| is_case);
                let plain =
                    || lines.peek().and_then(|next| next.strip_prefix("fn ")).filter(|_| line == "#[test]");
                if let Some((name, _)) = declared.or_else(plain).and_then(|rest| rest.split_once('(')) {
                    names.insert(name.to_owned());
                }
            }
        }
    }
    names
}

#[test]
fn the_page_names_each_test_and_each_test_that_it_names_is_there() {
    let tests = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests");
    let page = fs::read_to_string(tests.join("../../docs/FAULTS.md")).unwrap();
    let last_columns = page.lines().filter(|line| line.starts_with("| ")).filter_map(|line| {
        let cells: Vec<_> = line.trim_matches('|').split('|').collect();
        assert_eq!(cells.len(), 6, "{line}");
        cells.last().map(|cell| (*cell).to_owned())
    });
    let named: BTreeSet<String> = last_columns
        .flat_map(|cell| cell.split('`').skip(1).step_by(2).map(str::to_owned).collect::<Vec<_>>())
        // A target or a file.
        .filter(|name| {
            !["server_death", "errors_provoked", "galera", "panics", "same_connection"].contains(&&**name)
        })
        .collect();
    let all = functions(&tests);
    assert_eq!(named.difference(&all).collect::<Vec<_>>(), Vec::<&String>::new(), "named, and not there");
    let mut own = functions(&tests.join("faults"));
    own.remove("the_page_names_each_test_and_each_test_that_it_names_is_there");
    assert_eq!(own.difference(&named).collect::<Vec<_>>(), Vec::<&String>::new(), "there, and not named");
    assert!(named.len() >= 45, "{}", named.len());
}
