//! The items of this repository that derive `OptimisticLock`, as the derive is given them.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::{fs, io};

use proc_macro2::{Delimiter, TokenStream};

use crate::node::{Node, nodes, stream};

/// The texts of all items in `tests`, `examples` and the README that derive `OptimisticLock`, each once, with a file
/// that it is in.
///
/// # Errors
///
/// If a file cannot be read, or if it is not Rust.
pub fn texts() -> io::Result<BTreeMap<String, PathBuf>> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let mut found = BTreeMap::new();
    for folder in ["tests", "examples"] {
        read_folder(&root.join(folder), &mut found)?;
    }
    let readme = root.join("README.md");
    for block in code_blocks(&fs::read_to_string(&readme)?) {
        // A block may show no more than some lines.
        for item in items(&block).into_iter().flatten() {
            found.entry(item.to_string()).or_insert_with(|| readme.clone());
        }
    }
    Ok(found)
}

fn read_folder(folder: &Path, found: &mut BTreeMap<String, PathBuf>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() && !path.ends_with("target") {
            read_folder(&path, found)?;
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let text = fs::read_to_string(&path)?;
            if text.contains("OptimisticLock") {
                let items =
                    items(&text).map_err(|error| io::Error::other(format!("{}: {error}", path.display())))?;
                for item in items {
                    found.entry(item.to_string()).or_insert_with(|| path.clone());
                }
            }
        }
    }
    Ok(())
}

/// The items of a source that derive `OptimisticLock`, with their places in it.
///
/// # Errors
///
/// If it is not Rust.
pub fn items(source: &str) -> syn::Result<Vec<TokenStream>> {
    let mut found = Vec::new();
    find(&nodes(syn::parse_str(source)?), &mut found);
    Ok(found)
}

/// The code blocks of a page, with the lines that rustdoc hides.
fn code_blocks(page: &str) -> Vec<String> {
    let blocks = page.split("```").skip(1).step_by(2);
    blocks
        .map(|block| {
            let lines = block.lines().skip(1).map(|line| line.trim_start_matches("# "));
            lines.collect::<Vec<_>>().join("\n")
        })
        .collect()
}

/// Reads tokens and not items, since some structs are in macros.
fn find(nodes: &[Node], found: &mut Vec<TokenStream>) {
    let mut start = 0; // of the item that is being read
    for (place, node) in nodes.iter().enumerate() {
        let Node::Group(delimiter, _, content) = node else {
            if node.is_punct(';') {
                keep(&nodes[start..=place], found);
                start = place + 1;
            }
            continue;
        };
        find(content, found);
        if *delimiter == Delimiter::Brace {
            keep(&nodes[start..=place], found);
            start = place + 1;
        }
    }
}

/// Keeps an item that derives the lock, without what derives it: a derive does not see that.
fn keep(item: &[Node], found: &mut Vec<TokenStream>) {
    let derives = |node: &Node| {
        let content = node.content(Delimiter::Bracket);
        content.is_some_and(|content| {
            content.first().is_some_and(|first| first.is_ident("derive") || first.is_ident("cfg_attr"))
                && stream(content).to_string().contains("OptimisticLock")
        })
    };
    let Some(derive) = item.iter().position(derives) else { return };
    let rest = [&item[..derive - 1], &item[derive + 1..]].concat();
    // Of a statement before it only a `#` can be an item's.
    let first = (0..rest.len()).find(|&place| is_start(&rest[place..]));
    found.extend(first.map(|first| stream(&rest[first..])));
}

fn is_start(nodes: &[Node]) -> bool {
    match nodes {
        [mark, attribute, ..] if mark.is_punct('#') => attribute.content(Delimiter::Bracket).is_some(),
        [word, ..] => ["pub", "struct", "enum", "union"].iter().any(|start| word.is_ident(start)),
        [] => false,
    }
}
