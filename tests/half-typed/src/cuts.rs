//! What of an item is there while it is being typed, token by token.

use proc_macro2::TokenStream;

use crate::node::{self, Node, paths, stream};

/// The item up to each of its tokens. Groups are closed behind it, as editors and the compiler do.
pub fn prefixes(item: &[Node]) -> impl Iterator<Item = TokenStream> + '_ {
    fn cut(nodes: &[Node], path: &[usize]) -> Vec<Node> {
        let [place, rest @ ..] = path else { return Vec::new() };
        let mut kept = nodes[..*place].to_vec();
        if let (Node::Group(delimiter, span, content), false) = (&nodes[*place], rest.is_empty()) {
            kept.push(Node::Group(*delimiter, *span, cut(content, rest)));
        }
        kept
    }
    paths(item).into_iter().map(|path| stream(&cut(item, &path)))
}

/// The item, of which one group ends at each of its tokens: an attribute is being typed above a field that is there. Each with
/// what is left of the group, which is the same in many items.
pub fn short_groups(item: &[Node]) -> impl Iterator<Item = (String, TokenStream)> + '_ {
    let inside = paths(item).into_iter().filter(|path| path.len() > 1);
    inside.filter_map(|path| {
        let mut item = item.to_vec();
        let (list, place) = node::at(&mut item, &path)?;
        list.truncate(place);
        let rest = stream(list).to_string();
        Some((format!("{} {rest}", path.len()), stream(&item)))
    })
}

/// The item without a run of its nodes, for each run of this length.
pub fn gaps(item: &[Node], length: usize) -> impl Iterator<Item = Vec<Node>> + '_ {
    paths(item).into_iter().filter_map(move |path| {
        let mut item = item.to_vec();
        let (list, place) = node::at(&mut item, &path)?;
        let end = place + length;
        (end <= list.len()).then(|| list.drain(place..end).count())?;
        Some(item)
    })
}
