//! What proxies that compress make of an entity tag, and how it is known again.

use crate::http::tag;

/// What they append to a tag, before the closing quote: a closed list, since what is not known to be a proxy's doing may be
/// another tag. The table in the documentation of `http` says whose each is.
const APPENDED: [&[u8]; 10] = [
    b"-gzip",    // Apache's mod_deflate, Caddy, lighttpd
    b"-x-gzip",  // lighttpd
    b"-gunzip",  // Apache's mod_deflate, where it uncompresses
    b"-deflate", // lighttpd
    b"-br",      // Apache's mod_brotli, Caddy, lighttpd
    b"-zstd",    // Caddy, lighttpd
    b";gzip",    // Roxen
    b"--gzip",   // Jetty
    b"--br",     // Jetty
    b"--zstd",   // Jetty
];

/// Whether `sent` is `current`, or what a proxy may have made of it: weak or not, and at most one of [`APPENDED`] after it.
pub(super) fn same(sent: &[u8], current: &[u8]) -> bool {
    let appended = tag::opaque(sent).strip_prefix(tag::opaque(current));
    appended.is_some_and(|appended| appended.is_empty() || APPENDED.contains(&appended))
}
