//! Tags of what is made of more than one row, and tags that come alone.

use crate::http::digest::{digest_of_all, digest_of_tags};
use crate::http::preconditions::{IfMatch, PreconditionFailed};
use crate::http::tag::{EntityTag, opaque};
use crate::http::tags::EntityTagger;
use crate::model::versioned::Versioned;

impl EntityTagger {
    /// The tag of a list of rows. It is another one when a row comes or goes, when the version of one moves, and when their order
    /// changes. An empty list has one, too.
    ///
    /// Of what else is in the response it knows nothing: a total, a link to the next page. Make that a part of the
    /// [`representation`](Self::representation): `tags.representation(format!("page of {total}"))`.
    ///
    /// An item may have its own tag in the JSON, so that a client can change it without another read:
    ///
    /// ```
    /// # use diesel::prelude::*;
    /// # use occ_runtime::{Error, prelude::*};
    /// use occ_runtime::http::{EntityTag, EntityTagger};
    #[doc = include_str!("../example.txt")]
    /// # let conn = &mut connection();
    ///
    /// #[derive(serde::Serialize)]
    /// struct Item {
    ///     name: String,
    ///     etag: EntityTag,
    /// }
    ///
    /// let tags = EntityTagger::open();
    /// let lamps: Vec<Product> = products::table.order(products::id).select(Product::as_select()).load(conn)?;
    /// let tag = tags.of_all(&lamps); // of the list: for the header
    /// let items: Vec<Item> =
    ///     lamps.iter().map(|lamp| Item { name: lamp.name.clone(), etag: tags.of(lamp) }).collect();
    /// let json = serde_json::to_string(&items)?;
    /// # assert!(json.contains(&serde_json::to_string(&tags.of(&lamps[0]))?));
    /// assert_ne!(tags.of_all(&lamps[..0]), tag);
    /// # Ok::<_, Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn of_all<'a, T, R>(&self, rows: R) -> EntityTag
    where
        T: Versioned + 'a,
        R: IntoIterator<Item = &'a T, IntoIter: Clone>,
    {
        let rows = rows.into_iter();
        self.tag_by(|hash, _| digest_of_all(hash, self.name_of_representation(), rows.clone()))
    }

    /// The tag of a response that is made of what these are the tags of, in this order: of rows of several tables, or lists of them.
    ///
    /// A root and its children need it only where a write of a child does not move the version of the root. Where each does, as within
    /// [`with_children`](crate::AggregateDsl::with_children), the root's own tag stands for them all, and needs none of them read: `tags.of(&order)`.
    /// For that it must be each writer that does so.
    ///
    /// ```
    /// # use diesel::prelude::*;
    /// # use occ_runtime::{Error, prelude::*};
    /// use occ_runtime::http::EntityTagger;
    #[doc = include_str!("../example.txt")]
    /// # let conn = &mut connection();
    /// # let lamp: Product = products::table.find(1).select(Product::as_select()).first(conn)?;
    /// # let parts: Vec<Product> = Vec::new();
    /// let tags = EntityTagger::open();
    /// let tag = tags.of_tags([tags.of(&lamp), tags.of_all(&parts)]);
    /// assert_ne!(tag, tags.of(&lamp));
    /// # Ok::<_, Error>(())
    /// ```
    #[must_use]
    pub fn of_tags(&self, tags: impl IntoIterator<Item = EntityTag>) -> EntityTag {
        let tags: Vec<EntityTag> = tags.into_iter().collect();
        self.tag_by(|hash, former| {
            let tags = tags.iter().map(|tag| opaque(tag.by_secret(former)));
            digest_of_tags(hash, self.name_of_representation(), tags)
        })
    }

    /// Whether a tag that a client has sent is that of the row, as if it came in an `If-Match`: for a tag that is in the body of a
    /// request, or in a field of a form. The error is to be answered with 412.
    ///
    /// The save that follows has the version of the row in its `WHERE`, so nobody can slip in between.
    ///
    /// ```
    /// # use diesel::prelude::*;
    /// # use occ_runtime::{Error, prelude::*};
    /// use occ_runtime::http::{EntityTag, EntityTagger};
    #[doc = include_str!("../example.txt")]
    /// # let conn = &mut connection();
    ///
    /// #[derive(serde::Deserialize)]
    /// struct Renamed {
    ///     id: i32,
    ///     etag: EntityTag,
    ///     name: String,
    /// }
    ///
    /// let tags = EntityTagger::open();
    /// # let lamp: Product = products::table.find(1).select(Product::as_select()).first(conn)?;
    /// # let etag = tags.of(&lamp);
    /// let body = serde_json::json!([{ "id": 1, "etag": etag, "name": "desk lamp" }]);
    /// for renamed in serde_json::from_value::<Vec<Renamed>>(body)? {
    ///     let mut row: Product = products::table.find(renamed.id).select(Product::as_select()).first(conn)?;
    ///     tags.check_tag(&renamed.etag, &row)?;
    ///     row.name = renamed.name;
    ///     row.save_optimistic(conn)?;
    ///     assert!(tags.check_tag(&renamed.etag, &row).is_err());
    /// }
    /// # Ok::<_, Box<dyn std::error::Error>>(())
    /// ```
    pub fn check_tag<T: Versioned>(&self, sent: &EntityTag, row: &T) -> Result<(), PreconditionFailed> {
        IfMatch::from(sent).check(self, row)
    }
}
