//! Whatever is sent: no answer of 500, no markup on a page, and nothing stored that was refused.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;

use serde_json::json;

use crate::client::{Client, JSON, MERGE_PATCH};
use crate::server::Server;

crate::on_both!(
    long_headers_are_refused_in_linear_time,
    headers_that_are_no_text_are_refused,
    malformed_preconditions_are_400,
    bodies_that_are_not_asked_for_store_nothing,
    sql_is_text,
    markup_is_text,
);

const PLACE: &str = "/api/articles/boats";

fn with_boats(server: &Server) -> (Client, String) {
    let client = server.client();
    let tag = client.create("boats", &json!({ "title": "Boats", "body": "They float." }));
    (client, tag)
}

/// That nobody has written.
fn untouched(server: &Server) {
    assert_eq!(server.database.rows(), [("boats".into(), "Boats".into(), 1)]);
}

fn long_headers_are_refused_in_linear_time(server: &Server) {
    let (client, _) = with_boats(server);
    // What hyper takes comes as far as the comparison.
    for (element, status) in [("\"a\",", 412), (",", 400), ("W/\"\",", 412), ("\"\u{e4}\",", 412)] {
        let long = element.repeat(300 * 1024 / element.len());
        let answer = client.send("PUT", PLACE, &[JSON, ("if-match", &long)], r#"{"title":"t","body":""}"#);
        assert_eq!(answer.status, status, "{element}");
    }
    let unclosed = format!("\"{}", "a".repeat(300 * 1024));
    assert_eq!(client.send("DELETE", PLACE, &[("if-match", &unclosed)], "").status, 400);
    // What is longer is refused before it has been read; the client may still be writing then, and see only the end.
    let (mut stream, tag) =
        (TcpStream::connect(server.url.trim_start_matches("http://")).unwrap(), "\"a\", ");
    let request = format!(
        "DELETE {PLACE} HTTP/1.1\r\nHost: a\r\nIf-Match: {}\r\n\r\n",
        tag.repeat((1 << 20) / tag.len())
    );
    let sent = stream.write_all(request.as_bytes());
    let mut answer = Vec::new();
    let received = stream.read_to_end(&mut answer);
    if sent.is_ok() && received.is_ok() {
        assert!(answer.starts_with(b"HTTP/1.1 431 "), "{}", String::from_utf8_lossy(&answer));
    }
    assert_eq!(client.get(PLACE).status, 200, "and it goes on");
    untouched(server);
}

fn headers_that_are_no_text_are_refused(server: &Server) {
    let (client, _) = with_boats(server);
    let send = |method: &str, headers: &[(&str, &[u8])]| {
        client
            .send_bytes(
                method,
                PLACE,
                headers,
                if method == "PUT" { b"{\"title\":\"t\",\"body\":\"\"}" } else { b"" },
            )
            .status
    };
    assert_eq!(
        send("DELETE", &[("if-match", b"\"\xff\xfe\"")]),
        412,
        "a tag may have such bytes, but none of ours has"
    );
    assert_eq!(send("DELETE", &[("if-match", b"\xff")]), 400);
    assert_eq!(send("GET", &[("if-none-match", b"\xc3\x28")]), 400);
    assert_eq!(send("PUT", &[("content-type", b"application/json\xff"), ("if-match", b"*")]), 415);
    assert_eq!(
        send(
            "PUT",
            &[("content-type", b"application/json"), ("if-match", b"*"), ("sec-fetch-site", b"\xff")]
        ),
        403
    );
    assert_eq!(
        send("PUT", &[("content-type", b"application/json"), ("if-match", b"*"), ("origin", b"\xff://\xff")]),
        403
    );
    assert_eq!(send("GET", &[("user-agent", b"\xff"), ("accept", b"\xff"), ("cookie", b"\xff")]), 200);
    untouched(server);
}

fn malformed_preconditions_are_400(server: &Server) {
    let (client, tag) = with_boats(server);
    let bare = tag.trim_matches('"');
    for bad in [
        bare,
        "",
        " , ",
        "a",
        "\"",
        "\"a",
        "'a'",
        "w/\"a\"",
        "W/a",
        "\"a\" \"b\"",
        "\"a\"b",
        "*, \"a\"",
        "**",
        "\"a b\"",
        "W/",
    ] {
        for (method, headers, body) in [
            ("GET", vec![], ""),
            ("PUT", vec![JSON], r#"{"title":"t","body":""}"#),
            ("PATCH", vec![MERGE_PATCH], r#"{"title":"t"}"#),
            ("DELETE", vec![], ""),
        ] {
            let headers = [headers, vec![("if-match", bad)]].concat();
            assert_eq!(client.send(method, PLACE, &headers, body).status, 400, "{method} {bad}");
        }
        assert_eq!(client.send("GET", PLACE, &[("if-none-match", bad)], "").status, 400, "{bad}");
    }
    untouched(server);
}

fn bodies_that_are_not_asked_for_store_nothing(server: &Server) {
    let (client, tag) = with_boats(server);
    let long = |field: &str, length: usize| {
        let mut article = json!({ "title": "t", "body": "b" });
        article[field] = "x".repeat(length).into();
        (article.to_string().into_bytes(), 422)
    };
    let of = |body: &str, status: u16| (body.as_bytes().to_vec(), status);
    let mut bodies = vec![
        of("", 400),
        of("{", 400),
        of("{]", 400),
        of("\u{feff}{}", 400),
        of(r#"{"title":"t","body":"b"} x"#, 400),
        of(r#"{"title":"\ud800","body":"b"}"#, 400),
        of("{\"title\":\"a\u{1}\",\"body\":\"b\"}", 400),
        of("null", 422),
        of("[]", 422),
        of(r#"["t","s","b"]"#, 422),
        of("\"t\"", 422),
        of("1e999", 400),
        of("{}", 422),
        of(r#"{"title":"t"}"#, 422),
        of(r#"{"title":1,"body":"b"}"#, 422),
        of(r#"{"title":null,"body":"b"}"#, 422),
        of(r#"{"title":["t"],"body":"b"}"#, 422),
        of(r#"{"title":"t","body":"b","body":"c"}"#, 422),
        of(r#"{"title":"t","body":"b","version":1}"#, 422),
        of(r#"{"title":"t","body":"b","id":"x"}"#, 422),
        of(r#"{"title":"t","body":"b","slug":"boats"}"#, 422),
        of(r#"{"title":"","body":"b"}"#, 422),
        of(r#"{"title":"a\nb","body":"b"}"#, 422),
        of(r#"{"title":"t","body":"a\u0000b"}"#, 422),
        of(r#"{"title":"t","summary":"","body":"b"}"#, 422),
        of(r#"{"title":"t","summary":"\u0007","body":"b"}"#, 422),
        long("title", 201),
        long("summary", 301),
        long("body", 65_537),
        (b"{\"title\":\"\xff\",\"body\":\"b\"}".to_vec(), 400),
        (b"\xff\xfe".to_vec(), 400),
    ];
    // A stack that is too deep would end the process.
    bodies.push(of(&format!("{}{}", "[".repeat(200_000), "]".repeat(200_000)), 422));
    bodies.push(of(&format!("{{\"title\":{}", "[".repeat(200_000)), 422));
    for (body, status) in bodies {
        let headers = [("content-type", b"application/json" as &[u8]), ("if-match", tag.as_bytes())];
        let answer = client.send_bytes("PUT", PLACE, &headers, &body);
        let shown = String::from_utf8_lossy(&body[..body.len().min(80)]).into_owned();
        assert!(
            answer.status == status || body.len() > 100_000 && matches!(answer.status, 400 | 422),
            "{shown}: {answer:?}"
        );
        let create = [("content-type", b"application/json" as &[u8]), ("if-none-match", b"*")];
        let answer = client.send_bytes("PUT", "/api/articles/new", &create, &body);
        assert!(matches!(answer.status, 400 | 422), "{shown}: {answer:?}");
    }
    for place in [
        "/api/articles/%ff",
        "/api/articles/%00",
        "/api/articles/..",
        "/api/articles/%2e%2e",
        "/api/articles/a%2Fb",
    ] {
        for method in ["GET", "PUT", "DELETE"] {
            let answer = client.send(
                method,
                place,
                &[JSON, ("if-match", "*")],
                if method == "PUT" { "{}" } else { "" },
            );
            assert!(matches!(answer.status, 404 | 405), "{method} {place}: {answer:?}");
        }
    }
    untouched(server);
}

const SQL: &str = "'); DROP TABLE articles; -- \" ` \\ $1 ? %s";

fn sql_is_text(server: &Server) {
    let (client, _) = with_boats(server);
    let article = json!({ "title": SQL, "summary": SQL, "body": SQL });
    let tag = client.create("sql", &article);
    assert_eq!(client.get("/api/articles/sql").json(), article);
    let patch = json!({ "title": format!("{SQL}2"), "summary": null }).to_string();
    assert_eq!(
        client.send("PATCH", "/api/articles/sql", &[MERGE_PATCH, ("if-match", &tag)], &patch).status,
        200
    );
    let encoded = crate::client::encoded(&[("after", SQL)]);
    assert_eq!(client.get(&format!("/api/articles?{encoded}")).status, 400);
    assert_eq!(client.get(&format!("/?{encoded}")).status, 200);
    let slug = encoded.trim_start_matches("after=");
    for place in
        [format!("/api/articles/{slug}"), format!("/articles/{slug}"), format!("/articles/{slug}/edit")]
    {
        assert_eq!(client.get(&place).status, 404);
    }
    let fields = [("slug", SQL), ("title", SQL), ("summary", SQL), ("body", SQL)];
    assert_eq!(client.post_form("/new", &fields).status, 422);
    let rows = server.database.rows();
    assert_eq!(rows.len(), 2, "the table is there, with what was stored in it");
    assert_eq!(rows[1], ("sql".into(), format!("{SQL}2"), 2));
}

fn markup_is_text(server: &Server) {
    const MARKUP: &str = "</textarea></title><script>alert(1)</script>\"'><img src=x onerror=alert(2)>&lt;";
    let client = server.client();
    let article = json!({ "title": MARKUP, "summary": MARKUP, "body": MARKUP });
    let tag = client.create("markup", &article);
    let stale = "\"stale\"";
    let fields = |tag| {
        [("tag", tag), ("base_title", "b"), ("base_summary", "b"), ("base_body", "b")]
            .into_iter()
            .chain([("title", MARKUP), ("summary", MARKUP), ("body", MARKUP)])
            .collect::<Vec<_>>()
    };
    let with = |mut fields: Vec<(&'static str, &'static str)>, name: &str, value: &'static str| {
        fields.iter_mut().filter(|field| field.0 == name).for_each(|field| field.1 = value);
        fields
    };
    let mine = "mine</textarea><script>alert(3)</script>";
    let pages = [
        client.get("/"),
        client.get("/articles/markup"),
        client.get("/articles/markup/edit"),
        client.get("/?done=%3Cscript%3E&after=%3Cscript%3E"),
        client.get("/articles/%3Cscript%3E"),
        client.get("/%3Cscript%3E"),
        client.post_form("/articles/markup", &with(fields(stale), "title", mine)),
        client.post_form("/articles/markup", &with(fields(stale), "body", mine)),
        client.post_form("/articles/markup", &with(fields(stale), "summary", mine)),
        client.post_form("/articles/markup", &with(fields(stale), "title", "")),
        client.post_form("/articles/markup", &with(fields(stale), "tag", "<script>")),
        client.post_form("/articles/gone", &fields(stale)),
        client.post_form("/articles/markup/delete", &[("tag", stale)]),
        client.post_form(
            "/new",
            &[("slug", "<script>"), ("title", MARKUP), ("summary", MARKUP), ("body", MARKUP)],
        ),
        client.post_form(
            "/new",
            &[("slug", "markup"), ("title", MARKUP), ("summary", MARKUP), ("body", MARKUP)],
        ),
        client.post_form("/articles/markup", &[("title", "<script>")]),
    ];
    let statuses = pages.iter().map(|page| page.status).collect::<Vec<_>>();
    assert_eq!(statuses, [200, 200, 200, 200, 404, 404, 409, 409, 409, 422, 400, 404, 409, 422, 409, 422]);
    for page in pages {
        // The page's own script is the only one, and has no text.
        let scripts = page.body.matches("<script").count();
        assert_eq!(
            (scripts, page.body.matches("<script src=\"/page.js\" defer></script>").count()),
            (1, 1),
            "{}",
            page.body
        );
        for bad in ["<img", "alert(1)</script", "\"'>", " onerror=alert(2)>"] {
            assert!(!page.body.contains(bad), "{bad}: {}", page.body);
        }
        assert!(page.header("content-security-policy").starts_with("default-src 'self';"));
        assert!(!page.body.contains(" style=") && !page.body.contains("<style"), "the policy forbids it");
    }
    assert_eq!(client.get("/api/articles/markup").tag(), tag, "nothing was written");
    // Programs are not given pages.
    assert_eq!(client.get("/api/articles/markup").header("content-type"), "application/json");
    assert_eq!(client.get("/api/articles/markup").header("x-content-type-options"), "nosniff");
}
