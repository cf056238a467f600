//! Optimistic locking across HTTP: entity tags, preconditions and problem documents (feature `http`).
//!
//! A client reads a resource and gets its entity tag; it writes with `If-Match` and that tag, and is refused where
//! somebody else was first.
//!
//! | status | when | from |
//! |---|---|---|
//! | 304 | a read whose `If-None-Match` has the current tag | [`Preconditions::evaluate`] |
//! | 400 | a precondition cannot be parsed | [`MalformedPreconditionError`] |
//! | 404 | the row is gone, or was never there | `Error::Stale` with `is_deleted()`, `Error::Database(NotFound)` |
//! | 409 | the row was changed before the write | [`Problem::conflict`], `Error::Stale`, `StaleBatch`, `Unmerged` |
//! | 409 | the row's state does not allow the write | `Error::Guard` |
//! | 409 | a unique or foreign key of the table does not allow it | `Error::Database` |
//! | 412 | the row is not at the tag that `If-Match` has, or [a proxy has altered it](#proxies-that-compress) | [`PreconditionFailed`] |
//! | 422 | a CHECK or NOT NULL of the table does not allow it | `Error::Database` |
//! | 415 | a patch is not of the type of a merge patch | [`MergePatch`] (feature `axum`) |
//! | 422 | a patch cannot be applied | [`MergePatchError`] |
//! | 422 | a batch has two values for one row | `Error::DuplicateRow` |
//! | 428 | an `If-Match` or `If-None-Match` is demanded and missing | [`PreconditionRequired`] |
//! | 503, `Retry-After` | another try may succeed | `Error::Locked`, `RetriesExhausted`, what else `is_retryable()` |
//! | 500 | anything else | `Error` |
//!
//! Every error turns into a [`Problem`], so a handler whose error is `Problem` can use `?` for all of them. With the
//! feature `axum`, [`Preconditions`], [`IfMatch`] and `Option<IfMatch>` are extractors, and the errors and `Problem` are
//! responses.
//!
//! # A service
//!
//! Each call of [`ConditionalDsl`](crate::ConditionalDsl) checks the precondition, writes the row, and answers with a problem where that
//! was refused or somebody else was first. Here a whole service is made of them, with the features `axum` and `async`:
//!
#![cfg_attr(all(feature = "axum", feature = "async"), doc = "```")]
#![cfg_attr(all(feature = "axum", feature = "async"), doc = include_str!("../../docs/handlers.rs"))]
#![cfg_attr(all(feature = "axum", feature = "async"), doc = "```")]
//!
//! A response to PUT must not have an `ETag` unless the row was stored exactly as it was sent (RFC 9110, section 9.3.4): to
//! give the new tag with the new row, use PATCH or POST, or leave the tag to the next GET.
//!
//! A request that is repeated since its answer was lost is answered with success where RFC 9110 allows it: see
//! [`ConditionalDsl`](crate::ConditionalDsl#requests-that-are-repeated). `If-Match: *` is taken as it is meant, and such a request is
//! done again where others come between; a service that wants tags refuses it, by [`IfMatch::refuse_any`] in a handler or by
//! `RequirePreconditions` before all of them.
//!
//! # Proxies that compress
//!
//! A proxy that compresses a response changes its bytes, and so it may not leave the strong tag as it is. Clients that ask
//! for compression, as browsers and most libraries do and curl does not, then have another tag than the one that was sent:
//!
//! | what | makes of `"a1"` | says |
//! |---|---|---|
//! | nginx: gzip, gunzip, and the modules for brotli and zstd | `W/"a1"` | [changes of 1.7.3][nginx] |
//! | Varnish, where it compresses or uncompresses | `W/"a1"` | [its source][varnish] |
//! | HAProxy | `W/"a1"` | [changes of 2.0][haproxy], and [in the manual][haproxy-manual] that it needs a valid tag |
//! | Apache: `mod_deflate` | `"a1-gzip"`, `"a1-gunzip"` | [`DeflateAlterETag`][deflate] |
//! | Apache: `mod_brotli` | `"a1-br"` | [`BrotliAlterETag`][brotli] |
//! | Caddy (2.6 leaves it as it is) | `"a1-gzip"`, `"a1-br"`, `"a1-zstd"` | [its source][caddy] |
//! | lighttpd | `"a1-gzip"`, `"a1-x-gzip"`, `"a1-deflate"`, `"a1-br"`, `"a1-zstd"` | [its source][lighttpd] |
//! | Jetty | `"a1--gzip"`, `"a1--br"`, `"a1--zstd"` | [`ETAG_SEPARATOR`][jetty] |
//! | Roxen | `"a1;gzip"` | |
//! | Cloudflare | `W/"a1"` | [ETag headers][cloudflare] |
//! | Amazon CloudFront | `W/"a1"` | [`ETag` header conversion][cloudfront] |
//! | Envoy | nothing: it drops strong tags, and keeps weak ones | [`disable_on_etag_header`][envoy] |
//! | Apache Traffic Server: `compress` | `"a1"-df`, which is no tag; it keeps weak ones | [its source][trafficserver] |
//!
//! `If-Match` has the strong comparison (RFC 9110, section 13.1.1), for which none of these is `"a1"`: a client that writes with
//! such a tag is answered 412, and again after reading again. The 412 says so, and
//! [`is_altered_tag`](PreconditionFailed::is_altered_tag) does; what is no tag is answered 400. What to choose:
//!
//! | before the service is | choose |
//! |---|---|
//! | nothing that compresses what clients write back | the tags as they are |
//! | something that makes tags weak, or appends to them; or who knows what | [`EntityTagger::behind_proxies`], which says where that is safe |
//! | something that drops strong tags, or makes no tags of them | [`EntityTagger::weak`] |
//!
//! [nginx]: https://nginx.org/en/CHANGES
//! [varnish]: https://github.com/varnishcache/varnish-cache/blob/varnish-7.1.1/bin/varnishd/cache/cache_gzip.c
//! [haproxy]: https://www.haproxy.org/download/2.0/src/CHANGELOG
//! [haproxy-manual]: https://docs.haproxy.org/2.6/configuration.html#4.2-compression%20algo
//! [deflate]: https://httpd.apache.org/docs/2.4/mod/mod_deflate.html#deflatealteretag
//! [brotli]: https://httpd.apache.org/docs/2.4/mod/mod_brotli.html#brotlialteretag
//! [caddy]: https://github.com/caddyserver/caddy/blob/master/modules/caddyhttp/encode/encode.go
//! [lighttpd]: https://github.com/lighttpd/lighttpd1.4/blob/lighttpd-1.4.69/src/mod_deflate.c
//! [jetty]: https://www.eclipse.org/jetty/javadoc/jetty-11/org/eclipse/jetty/http/CompressedContentFormat.html
//! [cloudflare]: https://developers.cloudflare.com/cache/reference/etag-headers/
//! [cloudfront]: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/ServingCompressedFiles.html#compressed-content-cloudfront-etag-header
//! [envoy]: https://www.envoyproxy.io/docs/envoy/latest/configuration/http/http_filters/compressor_filter
//! [trafficserver]: https://github.com/apache/trafficserver/blob/9.2.x/plugins/compress/compress.cc

#[cfg(feature = "axum")]
mod axum;
pub(crate) mod condition;
pub(crate) mod conditional;
mod digest;
mod errors;
mod expect;
#[cfg(feature = "axum")]
mod layer;
mod merge_patch;
pub(crate) mod preconditions;
pub(crate) mod problem;
mod proxies;
mod seal;
mod several;
mod tag;
pub(crate) mod tags;

#[cfg(feature = "axum")]
pub use self::axum::Tagged;
pub use condition::TagCondition;
pub use conditional::Written;
pub use expect::CreateOrReplace;
#[cfg(feature = "axum")]
pub use layer::{RequirePreconditions, RequiresPreconditions};
pub use merge_patch::{MergePatch, MergePatchError, Refusals};
pub use preconditions::{
    IfMatch, MalformedPreconditionError, PreconditionFailed, PreconditionRequired, Preconditions, Verdict,
};
pub use problem::Problem;
pub use seal::SealError;
pub use tag::{EntityTag, MalformedTagError};
pub use tags::{EntityTagger, ShortSecretError};
