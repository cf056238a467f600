//! What `save_merging` has made of a value.

/// What has become of a value that was saved, and merged where somebody else was faster.
///
/// ```
/// use occ_runtime::conflict::Saved;
///
/// fn message(saved: &Saved) -> String {
///     match saved {
///         Saved::Unchanged => "Nothing to save.".to_owned(),
///         Saved::AsWritten => "Saved.".to_owned(),
///         Saved::Merged(fields) => format!("Saved. Others have changed: {}.", fields.join(", ")),
///     }
/// }
/// assert_eq!(message(&Saved::Merged(vec!["title", "body"])), "Saved. Others have changed: title, body.");
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Saved {
    /// Nothing was changed, and nothing was written.
    Unchanged,
    /// The row holds each field as it was in memory.
    AsWritten,
    /// Others were faster, and both changes are in the row. These fields hold something else than before the call: what others have made
    /// of them, or a rule or `choose` of both sides. In their order; those of a tuple struct are numbers.
    Merged(Vec<&'static str>),
}
