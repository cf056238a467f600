//! Token trees that can be changed in place.

use proc_macro2::{Delimiter, Group, Span, TokenStream, TokenTree};

/// A token, or a group with its content at hand.
#[derive(Clone, Debug)]
pub enum Node {
    /// An identifier, a literal or a punctuation mark.
    Leaf(TokenTree),
    /// What stands between two delimiters, which may be invisible.
    Group(Delimiter, Span, Vec<Node>),
}

/// The nodes of a stream.
#[must_use]
pub fn nodes(tokens: TokenStream) -> Vec<Node> {
    let node = |token| match token {
        TokenTree::Group(group) => Node::Group(group.delimiter(), group.span(), nodes(group.stream())),
        leaf => Node::Leaf(leaf),
    };
    tokens.into_iter().map(node).collect()
}

/// The stream of some nodes.
#[must_use]
pub fn stream(nodes: &[Node]) -> TokenStream {
    let token = |node: &Node| match node {
        Node::Leaf(leaf) => leaf.clone(),
        Node::Group(delimiter, span, content) => {
            let mut group = Group::new(*delimiter, stream(content));
            group.set_span(*span);
            group.into()
        }
    };
    nodes.iter().map(token).collect()
}

impl Node {
    /// Where it came from.
    #[must_use]
    pub fn span(&self) -> Span {
        match self {
            Self::Leaf(leaf) => leaf.span(),
            Self::Group(_, span, _) => *span,
        }
    }

    pub(crate) fn is_punct(&self, mark: char) -> bool {
        matches!(self, Self::Leaf(TokenTree::Punct(punct)) if punct.as_char() == mark)
    }

    pub(crate) fn is_ident(&self, name: &str) -> bool {
        matches!(self, Self::Leaf(TokenTree::Ident(ident)) if ident == name)
    }

    /// The content of a group of this kind.
    pub(crate) fn content(&self, wanted: Delimiter) -> Option<&Vec<Self>> {
        match self {
            Self::Group(delimiter, _, content) if *delimiter == wanted => Some(content),
            _ => None,
        }
    }
}

/// How many nodes there are, at every depth.
#[must_use]
pub fn count(nodes: &[Node]) -> usize {
    let inside = |node: &Node| match node {
        Node::Leaf(_) => 0,
        Node::Group(.., content) => count(content),
    };
    nodes.iter().map(|node| 1 + inside(node)).sum()
}

/// The list that holds the node at `path`, and its place there. A path is the places from the outside in.
pub(crate) fn at<'a>(nodes: &'a mut Vec<Node>, path: &[usize]) -> Option<(&'a mut Vec<Node>, usize)> {
    match path {
        [] => None,
        [place] => (*place < nodes.len()).then_some((nodes, *place)),
        [place, rest @ ..] => match nodes.get_mut(*place)? {
            Node::Leaf(_) => None,
            Node::Group(.., content) => at(content, rest),
        },
    }
}

/// The paths of all nodes, in the order in which they are written.
#[must_use]
pub fn paths(nodes: &[Node]) -> Vec<Vec<usize>> {
    fn walk(nodes: &[Node], outside: &mut Vec<usize>, found: &mut Vec<Vec<usize>>) {
        for (place, node) in nodes.iter().enumerate() {
            outside.push(place);
            found.push(outside.clone());
            if let Node::Group(.., content) = node {
                walk(content, outside, found);
            }
            outside.pop();
        }
    }
    let mut found = Vec::new();
    walk(nodes, &mut Vec::new(), &mut found);
    found
}
