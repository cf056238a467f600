//! What is put into an item: everything that Rust can write, and what nobody would. One a line, in `pool/*.txt`:
//!
//! - words that are no names, and names that look like something else;
//! - literals, among them strings that are made into names, and lifetimes;
//! - marks and groups;
//! - types, paths, attributes and other parts of an item, whose `HOLE` is filled with any of the others;
//! - shapes: items with a `HOLE` wherever a name is made of what the user wrote.

use proc_macro2::{Span, TokenStream};

use crate::node::{Node, nodes};

/// The shapes with words and literals in their holes; the same is put into all holes of one. With `share` 1 it is every one in
/// every shape. With 3 it is every third in each, and every one in each third shape.
pub fn named(share: usize) -> impl Iterator<Item = TokenStream> {
    let fillings = || include_str!("pool/words.txt").lines().chain(include_str!("pool/literals.txt").lines());
    let shapes = include_str!("pool/shapes.txt").lines().enumerate();
    let texts = shapes.flat_map(move |(turn, shape)| {
        fillings().skip(turn % share).step_by(share).map(move |filling| shape.replace("HOLE", filling))
    });
    texts.filter_map(|text| text.parse().ok())
}

/// All of it as tokens, so that edits need not parse. Their places are those of this thread.
#[derive(Debug)]
pub struct Pool {
    pub(crate) words: Vec<Vec<Node>>,
    pub(crate) literals: Vec<Vec<Node>>,
    pub(crate) marks: Vec<Vec<Node>>,
    pub(crate) types: Vec<Vec<Node>>,
    pub(crate) attributes: Vec<Vec<Node>>,
    pub(crate) parts: Vec<Vec<Node>>,
    /// Something that is in the source, for groups that no source has.
    pub(crate) span: Span,
}

impl Pool {
    /// Reads what of it is Rust.
    #[must_use]
    pub fn read() -> Self {
        let read =
            |texts: &str| texts.lines().filter_map(|text| text.parse().ok()).map(nodes).collect::<Vec<_>>();
        let mut words = read(include_str!("pool/words.txt"));
        words.extend(read(&"n".repeat(70_000)));
        words.extend(read(&"N".repeat(3_000)));
        let span = words.first().and_then(|word| word.first()).map_or_else(Span::call_site, Node::span);
        Self {
            words,
            literals: read(include_str!("pool/literals.txt")),
            marks: read(include_str!("pool/marks.txt")),
            types: read(include_str!("pool/types.txt")),
            attributes: read(include_str!("pool/attributes.txt")),
            parts: read(include_str!("pool/parts.txt")),
            span,
        }
    }
}
