//! An edit meets the row as it is now.

use occ_runtime::Tracked;
use occ_runtime::http::EntityTag;

use crate::app::App;
use crate::article::{Article, Content, Field};
use crate::store;

pub enum Outcome {
    Saved,
    /// Others had changed other fields, and both edits are in.
    Merged,
    /// `article` has what could be merged, and theirs in the `fields` for which somebody has to choose. Nothing is written.
    Conflict {
        article: Box<Tracked<Article>>,
        fields: Vec<Field>,
    },
    /// The row was deleted. Nothing is written.
    Gone,
}

/// How often others may be first between reading the row and writing it.
const ATTEMPTS: usize = 5;

/// Saves `mine`, which was made from `base` at `tag`, or merges it into what the row is now.
///
/// The tag decides: where it fits, the row itself is what mine was made from, and otherwise it is `base`. Whatever is
/// written is checked once more, since the version of the row that was read is in the `WHERE` of the `UPDATE`.
pub async fn apply(
    app: &App,
    row: Tracked<Article>,
    tag: &EntityTag,
    base: &Content,
    mine: &Content,
    unclear: &[Field],
) -> Result<Outcome, store::Error> {
    // It comes from the page and not from a header, so no proxy has altered it; that it may be weak does not matter.
    let fits = tag.weak_eq(&app.tags.of(&*row));
    let mut article = from_base(row.into_inner(), fits, base);
    edit(&mut article, base, mine);
    if fits && unclear.is_empty() {
        match app.store.save(&mut article).await {
            Err(store::Error::Refused(error)) if error.is_stale() => {}
            outcome => return outcome.map(|()| Outcome::Saved),
        }
    }
    let mut attempts = 1;
    loop {
        let mut fields = match app.store.merge(&mut article).await {
            Err(store::Error::Refused(error)) if error.is_stale() => return Ok(Outcome::Gone),
            outcome => outcome?,
        };
        fields.extend(unclear.iter().filter(|field| !fields.contains(field)).copied().collect::<Vec<_>>());
        if !fields.is_empty() {
            return Ok(Outcome::Conflict { article: Box::new(article), fields });
        }
        match app.store.save(&mut article).await {
            Err(store::Error::Refused(error)) if error.is_stale() && attempts < ATTEMPTS => attempts += 1,
            outcome => return outcome.map(|()| Outcome::Merged),
        }
    }
}

/// The row as the editor has seen it.
fn from_base(mut row: Article, fits: bool, base: &Content) -> Tracked<Article> {
    if !fits {
        row.set(base.clone());
    }
    Tracked::new(row)
}

/// A field counts as changed only if the browser sent something else than it was given: the row may have line breaks that
/// a form cannot send back as they are.
fn edit(article: &mut Tracked<Article>, base: &Content, mine: &Content) {
    let mut content = article.content();
    for field in Field::ALL {
        if mine.text(field) != base.text(field) {
            content.set_text(field, mine.text(field).to_owned());
        }
    }
    article.set(content);
}
