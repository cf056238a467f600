//! Random edits of items. Bytes say what is done, so that a fuzzer can steer it and a failure can be repeated.

use arbitrary::Unstructured;
use proc_macro2::{Delimiter, TokenStream};

use crate::node::{self, Node, count, nodes, paths, stream};
use crate::pool::Pool;

/// What is edited, and what is put in.
#[derive(Debug)]
pub struct Material {
    items: Vec<Vec<Node>>,
    pool: Pool,
}

impl Material {
    /// Reads the items. Forgets where the tokens of older material on this thread came from: they cannot be used any more.
    pub fn read<'a>(texts: impl IntoIterator<Item = &'a String>) -> Self {
        proc_macro2::extra::invalidate_current_thread_spans();
        let items = texts.into_iter().filter_map(|text| text.parse().ok()).map(nodes).collect();
        Self { items, pool: Pool::read() }
    }

    /// An item after the edits that `bytes` say.
    #[must_use]
    pub fn edited(&self, bytes: &[u8]) -> TokenStream {
        let mut choices = Choices(Unstructured::new(bytes));
        let mut item = choices.of(&self.items).cloned().unwrap_or_default();
        for _ in 0..=choices.up_to(3) {
            self.edit(&mut item, &mut choices);
        }
        stream(&item)
    }

    fn edit(&self, item: &mut Vec<Node>, choices: &mut Choices<'_>) {
        let wanted = match choices.up_to(8) {
            0..=2 => Wanted::Anything,
            3..=4 => Wanted::InAttribute,
            _ => Wanted::Start,
        };
        let spots: Vec<_> = paths(item).into_iter().filter(|path| wanted.is_at(item, path)).collect();
        let Some(spot) = choices.of(&spots) else { return };
        // Deeper than anybody types, and no deeper than the compiler goes.
        let may_grow = count(item) < 600 && spot.len() < 60;
        let added = match wanted {
            Wanted::Start => self.at_a_start(choices),
            Wanted::Anything | Wanted::InAttribute => self.anything(choices),
        };
        let Some((list, place)) = node::at(item, spot) else { return };
        if wanted == Wanted::Start {
            if may_grow {
                list.splice(place..place, added);
            }
            return;
        }
        let end = list.len() - 1;
        match choices.up_to(14) {
            0 => drop(list.remove(place)),
            1 if may_grow => list.insert(place, list[place].clone()),
            2 => list.swap(place, (place + 1).min(end)),
            3 => list.swap(place, choices.up_to(end)),
            4..=6 => drop(list.splice(place..=place, added)),
            7 if may_grow => drop(list.splice(place..place, added)),
            8 => list.truncate(place),
            9 if may_grow => {
                let deep = if choices.up_to(8) == 0 { choices.up_to(40) } else { 0 };
                for _ in 0..=deep {
                    let (delimiter, span) = (choices.delimiter(), list[place].span());
                    list[place] = Node::Group(delimiter, span, vec![list[place].clone()]);
                }
            }
            10 => {
                // An invisible group, as `macro_rules` puts around what it was given.
                let until = (place + choices.up_to(6)).min(end);
                let content: Vec<_> = list.drain(place..=until).collect();
                let span = content.first().map_or(self.pool.span, Node::span);
                list.insert(place, Node::Group(Delimiter::None, span, content));
            }
            11 => match &mut list[place] {
                Node::Group(_, _, content) => content.clear(),
                leaf @ Node::Leaf(_) => *leaf = Node::Group(choices.delimiter(), leaf.span(), Vec::new()),
            },
            12 => match &mut list[place] {
                Node::Group(delimiter, ..) => *delimiter = choices.delimiter(),
                Node::Leaf(_) => drop(list.splice(place..=place, added)),
            },
            _ => match list.remove(place) {
                Node::Group(_, _, content) => drop(list.splice(place..place, content)),
                Node::Leaf(_) => {}
            },
        }
    }

    /// What may stand where a field or its attributes start.
    fn at_a_start(&self, choices: &mut Choices<'_>) -> Vec<Node> {
        match choices.up_to(4) {
            0 => self.filled(&self.pool.parts, choices),
            1 => {
                let attributes = choices.of(&self.items).map(|item| attributes(item)).unwrap_or_default();
                choices.of(&attributes).cloned().unwrap_or_default()
            }
            _ => self.filled(&self.pool.attributes, choices),
        }
    }

    fn anything(&self, choices: &mut Choices<'_>) -> Vec<Node> {
        let kinds = [
            &self.pool.words,
            &self.pool.words,
            &self.pool.literals,
            &self.pool.marks,
            &self.pool.types,
            &self.pool.types,
            &self.pool.attributes,
            &self.pool.parts,
        ];
        choices.of(&kinds).map(|kind| self.filled(kind, choices)).unwrap_or_default()
    }

    /// One of `kind`, its holes filled.
    fn filled(&self, kind: &[Vec<Node>], choices: &mut Choices<'_>) -> Vec<Node> {
        let chosen = choices.of(kind).cloned().unwrap_or_default();
        self.fill(chosen, choices, 0)
    }

    fn fill(&self, nodes: Vec<Node>, choices: &mut Choices<'_>, depth: usize) -> Vec<Node> {
        let mut filled = Vec::with_capacity(nodes.len());
        for node in nodes {
            match node {
                Node::Group(delimiter, span, content) => {
                    filled.push(Node::Group(delimiter, span, self.fill(content, choices, depth)));
                }
                hole @ Node::Leaf(_) if hole.is_ident("HOLE") => filled.extend(self.filling(choices, depth)),
                leaf @ Node::Leaf(_) => filled.push(leaf),
            }
        }
        filled
    }

    fn filling(&self, choices: &mut Choices<'_>, depth: usize) -> Vec<Node> {
        let kind = match choices.up_to(8) {
            0..=3 => &self.pool.words,
            4 => &self.pool.literals,
            5 => &self.pool.marks,
            _ if depth < 3 => &self.pool.types,
            _ => &self.pool.words,
        };
        let chosen = choices.of(kind).cloned().unwrap_or_default();
        self.fill(chosen, choices, depth + 1)
    }
}

/// The attributes of an item and of its fields.
fn attributes(nodes: &[Node]) -> Vec<Vec<Node>> {
    let mut found = Vec::new();
    for (place, node) in nodes.iter().enumerate() {
        if let Node::Group(delimiter, _, content) = node {
            if *delimiter == Delimiter::Bracket && place > 0 && nodes[place - 1].is_punct('#') {
                found.push(nodes[place - 1..=place].to_vec());
            } else {
                found.extend(attributes(content));
            }
        }
    }
    found
}

/// Where an edit is made.
#[derive(Clone, Copy, PartialEq)]
enum Wanted {
    Anything,
    InAttribute,
    /// Where the item starts or one of its fields.
    Start,
}

impl Wanted {
    fn is_at(self, item: &[Node], path: &[usize]) -> bool {
        match (self, path) {
            (Self::Anything, _) => true,
            (Self::Start, [place]) => *place == 0,
            (Self::Start, [outer, place]) => {
                let Some(Node::Group(Delimiter::Brace | Delimiter::Parenthesis, _, content)) =
                    item.get(*outer)
                else {
                    return false;
                };
                *place == 0 || content[place - 1].is_punct(',')
            }
            (Self::InAttribute, [place, rest @ ..]) => {
                let Some(Node::Group(delimiter, _, content)) = item.get(*place) else { return false };
                let is_attribute =
                    *delimiter == Delimiter::Bracket && *place > 0 && item[place - 1].is_punct('#');
                !rest.is_empty() && (is_attribute || self.is_at(content, rest))
            }
            (Self::Start | Self::InAttribute, _) => false,
        }
    }
}

/// Reads choices off the bytes. When there are none left, it is always the first.
struct Choices<'a>(Unstructured<'a>);

impl Choices<'_> {
    /// At most `most`.
    fn up_to(&mut self, most: usize) -> usize {
        self.0.int_in_range(0..=most).unwrap_or_default()
    }

    fn of<'t, T>(&mut self, list: &'t [T]) -> Option<&'t T> {
        list.get(self.up_to(list.len().saturating_sub(1)))
    }

    fn delimiter(&mut self) -> Delimiter {
        match self.up_to(3) {
            0 => Delimiter::None,
            1 => Delimiter::Parenthesis,
            2 => Delimiter::Bracket,
            _ => Delimiter::Brace,
        }
    }
}
