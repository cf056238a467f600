//! Where a database URL leads, so that a proxy can be put in between.

use std::io;
use std::net::SocketAddr;

/// A database URL, split around its host.
#[derive(Clone, Debug)]
pub(crate) struct ServerPlace {
    /// Host and port.
    pub(crate) server: String,
    before: String,
    after: String,
}

impl ServerPlace {
    /// Fails if the URL has no scheme.
    pub(crate) fn of(url: &str) -> io::Result<Self> {
        let (scheme, rest) = url.split_once("://").ok_or(io::ErrorKind::InvalidInput)?;
        let host_at = rest.find('@').map_or(0, |at| at + 1);
        let host_end = rest[host_at..].find(['/', '?']).map_or(rest.len(), |length| host_at + length);
        let server = match &rest[host_at..host_end] {
            host if host.contains(':') => host.to_owned(),
            host if scheme == "mysql" => format!("{host}:3306"),
            host => format!("{host}:5432"),
        };
        let before = format!("{scheme}://{}", &rest[..host_at]);
        Ok(Self { server, before, after: rest[host_end..].to_owned() })
    }

    /// The URL that leads to the same database by way of a proxy.
    pub(crate) fn by_way_of(&self, proxy: SocketAddr) -> String {
        format!("{}{proxy}{}", self.before, self.after)
    }
}
