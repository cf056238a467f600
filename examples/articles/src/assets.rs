//! The files that pages need, within the program.

use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, HeaderName};

type File = ([(HeaderName, &'static str); 2], &'static str);

fn file(kind: &'static str, content: &'static str) -> File {
    // An hour, so that a new release is soon to be seen.
    ([(CONTENT_TYPE, kind), (CACHE_CONTROL, "max-age=3600")], content)
}

pub async fn style() -> File {
    file("text/css; charset=utf-8", include_str!("../assets/style.css"))
}

pub async fn script() -> File {
    file("text/javascript; charset=utf-8", include_str!("../assets/page.js"))
}

pub async fn icon() -> File {
    file("image/svg+xml", include_str!("../assets/favicon.svg"))
}
