//! What programs are answered.

use std::sync::Barrier;
use std::thread;
use std::time::{Duration, Instant};

use serde_json::json;

use crate::client::{CREATE, Client, JSON, MERGE_PATCH};
use crate::database::Database;
use crate::server::{self, Server};

crate::on_both!(
    an_article_is_read_and_written_by_its_tag,
    creating_never_replaces_and_replacing_never_creates,
    patches_change_what_they_name,
    tags_of_others_do_not_fit,
    of_many_writers_with_one_tag_one_wins,
    lists_are_in_pages,
    every_mistake_is_a_document,
    pages_of_other_sites_do_not_write,
);

const PLACE: &str = "/api/articles/boats";

fn boats() -> serde_json::Value {
    json!({ "title": "Boats", "summary": null, "body": "They float." })
}

fn an_article_is_read_and_written_by_its_tag(server: &Server) {
    let client = server.client();
    let first = client.create("boats", &boats());

    let read = client.get(PLACE);
    assert_eq!((read.status, read.tag(), read.json()), (200, first.clone(), boats()));
    assert_eq!(read.header("cache-control"), "no-cache");
    let again = client.send("GET", PLACE, &[("if-none-match", &first)], "");
    assert_eq!((again.status, again.tag(), again.body.as_str()), (304, first.clone(), ""));
    assert_eq!(again.header("cache-control"), "no-cache");
    assert_eq!(client.send("GET", PLACE, &[("if-none-match", "\"other\"")], "").status, 200);
    assert_eq!(client.send("GET", PLACE, &[("if-match", "\"other\"")], "").status, 412);
    let head = client.send("HEAD", PLACE, &[], "");
    assert_eq!((head.status, head.tag(), head.body.as_str()), (200, first.clone(), ""));
    assert_eq!(client.send("HEAD", PLACE, &[("if-none-match", &first)], "").status, 304);

    let sunk = json!({ "title": "Boats", "summary": "On ships", "body": "They sink." });
    let put = |tag: &str| client.send("PUT", PLACE, &[JSON, ("if-match", tag)], &sunk.to_string());
    let written = put(&first);
    assert_eq!((written.status, written.json()), (200, sunk.clone()));
    assert_eq!(written.header("content-location"), PLACE, "what is answered is what there is now");
    assert_eq!((written.tag(), &written.body), (client.get(PLACE).tag(), &client.get(PLACE).body));
    let second = written.tag();
    assert_ne!(first, second);
    assert_eq!(put(&first).status, 412, "that is what it was");
    assert_eq!(client.send("PUT", PLACE, &[JSON], &sunk.to_string()).status, 428);
    assert_eq!(client.get(PLACE).tag(), second);
    assert_eq!(server.database.rows(), [("boats".into(), "Boats".into(), 2)]);

    let unchanged = put(&second);
    assert_eq!((unchanged.status, unchanged.tag()), (200, second.clone()), "nothing to be written");

    assert_eq!(client.send("DELETE", PLACE, &[], "").status, 428);
    assert_eq!(client.send("DELETE", PLACE, &[("if-match", &first)], "").status, 412);
    assert_eq!(client.send("DELETE", PLACE, &[("if-match", &second)], "").status, 204);
    assert_eq!(server.database.rows(), []);
    for method in ["GET", "HEAD", "DELETE"] {
        assert_eq!(client.send(method, PLACE, &[("if-match", &second)], "").status, 404, "{method}");
    }
    assert_eq!(put(&second).status, 404);

    // Another article under the same name: no tag of the first one fits, although both count from 1.
    let third = client.create("boats", &boats());
    assert_ne!(first, third);
    assert_eq!(put(&first).status, 412);
}

fn creating_never_replaces_and_replacing_never_creates(server: &Server) {
    let client = server.client();
    let answer = client.send("PUT", PLACE, &[JSON, CREATE], &boats().to_string());
    assert_eq!((answer.status, answer.header("location")), (201, PLACE));
    let other = json!({ "title": "Other", "body": "" }).to_string();
    assert_eq!(client.send("PUT", PLACE, &[JSON, CREATE], &other).status, 412);
    // Both conditions can never hold.
    let tag = answer.tag();
    assert_eq!(client.send("PUT", PLACE, &[JSON, CREATE, ("if-match", &tag)], &other).status, 412);
    // A list is no `*`.
    assert_eq!(client.send("PUT", PLACE, &[JSON, ("if-none-match", "\"a\"")], &other).status, 428);
    let both = [JSON, ("if-none-match", &*tag), ("if-match", &*tag)];
    assert_eq!(client.send("PUT", PLACE, &both, &other).status, 412);
    for condition in ["*", "\"a\""] {
        let absent = "/api/articles/absent";
        assert_eq!(client.send("PUT", absent, &[JSON, ("if-match", condition)], &other).status, 404);
    }
    assert_eq!(server.database.rows(), [("boats".into(), "Boats".into(), 1)]);

    // Of two who create it at the same time, one is told.
    let barrier = Barrier::new(2);
    let statuses = thread::scope(|scope| {
        let create = || {
            let client = server.client();
            barrier.wait();
            client.send("PUT", "/api/articles/raced", &[JSON, CREATE], &boats().to_string()).status
        };
        let other = scope.spawn(create);
        let mine = create();
        let mut statuses = [mine, other.join().unwrap()];
        statuses.sort_unstable();
        statuses
    });
    assert_eq!(statuses, [201, 412]);
}

fn patches_change_what_they_name(server: &Server) {
    let client = server.client();
    let mut tag = client.create("boats", &json!({ "title": "Boats", "summary": "S", "body": "B" }));
    let mut patch = |patch: &str| {
        let answer = client.send("PATCH", PLACE, &[MERGE_PATCH, ("if-match", &tag)], patch);
        tag = if answer.status == 200 { answer.tag() } else { tag.clone() };
        (answer.status, client.get(PLACE).json())
    };
    assert_eq!(patch("{}"), (200, json!({ "title": "Boats", "summary": "S", "body": "B" })));
    assert_eq!(
        patch(r#"{"title":"Ships"}"#),
        (200, json!({ "title": "Ships", "summary": "S", "body": "B" }))
    );
    let bare = json!({ "title": "Ships", "summary": null, "body": "" });
    assert_eq!(patch(r#"{"summary":null,"body":""}"#), (200, bare.clone()));
    for bad in
        [r#"{"title":null}"#, r#"{"body":null}"#, r#"{"title":""}"#, r#"{"slug":"a"}"#, "[]", "null", "1"]
    {
        assert_eq!(patch(bad), (422, bare.clone()), "{bad}");
    }
    assert_eq!(client.send("PATCH", PLACE, &[MERGE_PATCH], "{}").status, 428);
    assert_eq!(client.send("PATCH", PLACE, &[MERGE_PATCH, ("if-match", "\"a\"")], "{}").status, 412);
    let plain = client.send("PATCH", PLACE, &[JSON, ("if-match", "*")], "{}");
    assert_eq!((plain.status, plain.header("accept-patch")), (415, MERGE_PATCH.1));
    assert_eq!(server.database.rows()[0].2, 3, "an empty patch writes nothing");
}

fn tags_of_others_do_not_fit(server: &Server) {
    let client = server.client();
    let (tag, other) = (client.create("boats", &boats()), client.create("ships", &boats()));
    assert_ne!(tag, other, "the same text at the same version, but another article");
    let body = json!({ "title": "Changed", "body": "" }).to_string();
    let put = |condition: &str| client.send("PUT", PLACE, &[JSON, ("if-match", condition)], &body).status;

    let keyed = server.sibling("a secret of more than 16 bytes");
    let keyed = Client::new(&keyed.url).get(PLACE).tag();
    let keyed_otherwise = server.sibling("another one, just as long");
    let keyed_otherwise = Client::new(&keyed_otherwise.url).get(PLACE).tag();
    assert_ne!(keyed, keyed_otherwise);
    let weak = format!("W/{tag}");
    let (weak_other, zipped_other) =
        (format!("W/{other}"), format!("{}-gzip\"", other.trim_end_matches('"')));
    let unknown = format!("{}-other\"", tag.trim_end_matches('"'));
    let list = format!("{other}, {keyed}");
    for wrong in [&other, &keyed, &keyed_otherwise, &weak_other, &zipped_other, &unknown, "\"\"", &list] {
        assert_eq!(put(wrong), 412, "{wrong}");
    }
    assert_eq!(client.send("DELETE", PLACE, &[("if-match", &other)], "").status, 412);
    assert_eq!(server.database.rows()[0], ("boats".into(), "Boats".into(), 1));
    // What a proxy makes of the tag fits: `proxies` asks real ones.
    let zipped = format!("W/{}-gzip\"", tag.trim_end_matches('"'));
    for altered in [&weak, &zipped] {
        assert_eq!(client.send("GET", PLACE, &[("if-none-match", altered)], "").status, 304, "{altered}");
        let unchanged = json!({ "title": "Boats", "body": "They float." }).to_string();
        let answer = client.send("PUT", PLACE, &[JSON, ("if-match", altered)], &unchanged);
        assert_eq!((answer.status, answer.tag()), (200, tag.clone()), "{altered}");
    }
    assert_eq!(put(&format!("{other} ,,\t{tag}")), 200, "one of a list is enough");
    assert_eq!(put("*"), 200, "whatever it is");
    // Tags are the same in every process with this secret.
    let sibling = server.sibling("");
    assert_eq!(Client::new(&sibling.url).get(PLACE).tag(), client.get(PLACE).tag());
}

fn of_many_writers_with_one_tag_one_wins(server: &Server) {
    const WRITERS: usize = 8;
    server.client().create("boats", &boats());
    let until = Instant::now() + Duration::from_secs(60);
    let mut conflicts = 0;
    // Until one has been met between the check and the write, too.
    for round in 1.. {
        let tag = server.client().get(PLACE).tag();
        let barrier = Barrier::new(WRITERS);
        let answers = thread::scope(|scope| {
            let (tag, barrier) = (&tag, &barrier);
            let write = move |writer: usize| {
                let client = server.client();
                client.get("/api/openapi.json"); // connected
                let body = json!({ "title": format!("{round}.{writer}"), "body": "" }).to_string();
                barrier.wait();
                client.send("PUT", PLACE, &[JSON, ("if-match", tag)], &body)
            };
            let writers: Vec<_> = (0..WRITERS).map(|writer| scope.spawn(move || write(writer))).collect();
            writers.into_iter().map(|writer| writer.join().unwrap()).collect::<Vec<_>>()
        });
        let winners: Vec<_> = answers.iter().filter(|answer| answer.status == 200).collect();
        let now = server.client().get(PLACE);
        assert_eq!(winners.len(), 1, "{answers:?}");
        assert_eq!((winners[0].tag(), winners[0].json()), (now.tag(), now.json()));
        assert_eq!(server.database.rows()[0].2, round + 1);
        for loser in answers.iter().filter(|answer| answer.status != 200) {
            if loser.status == 412 {
                continue;
            }
            conflicts += 1;
            let document = loser.json();
            assert_eq!((loser.status, &document["title"]), (409, &json!("Edit conflict")));
            assert_eq!(document["current_tag"], now.tag());
            let title = &document["differences"][0];
            assert_eq!((&title["field"], &title["theirs"]), (&json!("title"), &now.json()["title"]));
            assert!(!loser.body.contains("version") && !loser.body.contains("articles"), "{}", loser.body);
        }
        if conflicts > 0 {
            return;
        }
        assert!(Instant::now() < until, "no writer was met between the check and the write");
    }
}

fn lists_are_in_pages(server: &Server) {
    let client = server.client();
    assert_eq!(client.get("/api/articles").json(), json!({ "articles": [], "next": null }));
    for slug in ["c", "a", "e", "b", "d"] {
        client.create(slug, &json!({ "title": slug.to_uppercase(), "body": "not in a list" }));
    }
    let mut place = "/api/articles?limit=2".to_owned();
    let mut pages = Vec::new();
    loop {
        let page = client.get(&place).json();
        let slugs =
            page["articles"].as_array().unwrap().iter().map(|article| article["slug"].as_str().unwrap());
        pages.push(slugs.collect::<Vec<_>>().concat());
        match page["next"].as_str() {
            Some(next) => next.clone_into(&mut place),
            None => break,
        }
    }
    assert_eq!(pages, ["ab", "cd", "e"]);
    assert_eq!(
        client.get("/api/articles?after=d").json(),
        json!({ "articles": [{ "slug": "e", "title": "E", "summary": null }], "next": null })
    );
    assert_eq!(client.get("/api/articles?limit=100").status, 200);
    for bad in [
        "limit=0",
        "limit=101",
        "limit=-1",
        "limit=x",
        "limit=",
        "limit=1&limit=2",
        "page=2",
        "after=A",
        "after=",
        "after=%00",
    ] {
        assert_eq!(client.get(&format!("/api/articles?{bad}")).status, 400, "{bad}");
    }
}

fn every_mistake_is_a_document(server: &Server) {
    let client = server.client();
    client.create("boats", &boats());
    for place in ["/api", "/api/", "/api/nothing", "/api/articles/", "/api/articles/a/b", "/api/articles/A"] {
        assert_eq!(client.get(place).status, 404, "{place}");
    }
    let not_allowed = client.send("POST", PLACE, &[JSON], "{}");
    assert_eq!((not_allowed.status, not_allowed.header("allow")), (405, "GET,HEAD,PUT,PATCH,DELETE"));
    assert_eq!(client.send("DELETE", "/api/articles", &[], "").status, 405);
    for kind in ["", "text/plain", "application/merge-patch+json", "application/jsonp", ";application/json"] {
        let headers = [("content-type", kind), ("if-match", "*")];
        assert_eq!(client.send("PUT", PLACE, &headers, &boats().to_string()).status, 415, "{kind:?}");
    }
    let compressed = [JSON, ("if-match", "*"), ("content-encoding", "gzip")];
    assert_eq!(client.send("PUT", PLACE, &compressed, &boats().to_string()).status, 415);
    for kind in ["Application/JSON", "application/json; charset=utf-8"] {
        let headers = [("content-type", kind), ("if-match", "*")];
        assert_eq!(client.send("PUT", PLACE, &headers, &boats().to_string()).status, 200, "{kind:?}");
    }
    let long = json!({ "title": "t", "body": "x".repeat(600 * 1024) }).to_string();
    assert_eq!(client.send("PUT", PLACE, &[JSON, ("if-match", "*")], &long).status, 413);
    let refused =
        client.send("PUT", PLACE, &[JSON, ("if-match", "*")], r#"{"title":"","summary":"","body":"\u0000"}"#);
    assert_eq!(refused.status, 422);
    let fields = refused.json()["violations"]
        .as_array()
        .unwrap()
        .iter()
        .map(|v| v["field"].clone())
        .collect::<Vec<_>>();
    assert_eq!(fields, ["title", "summary", "body"]);
}

fn pages_of_other_sites_do_not_write(server: &Server) {
    let client = server.client();
    let host = server.url.trim_start_matches("http://");
    let origin = server.url.as_str();
    let put = |headers: &[(&str, &str)]| {
        let headers = [headers, &[JSON, ("if-match", "*")]].concat();
        client.send("PUT", PLACE, &headers, &boats().to_string()).status
    };
    client.create("boats", &boats());
    assert_eq!(put(&[("sec-fetch-site", "cross-site")]), 403);
    assert_eq!(put(&[("sec-fetch-site", "same-site")]), 403);
    assert_eq!(put(&[("origin", "http://evil.example"), ("host", host)]), 403);
    assert_eq!(put(&[("origin", "null")]), 403);
    assert_eq!(put(&[("origin", origin)]), 200);
    assert_eq!(put(&[("sec-fetch-site", "same-origin")]), 200);
    let form =
        client.send("POST", "/new", &[crate::client::FORM, ("sec-fetch-site", "cross-site")], "slug=a");
    assert_eq!(form.status, 403);
    assert!(form.header("content-type").starts_with("text/html"));
    assert_eq!(
        client.send("GET", PLACE, &[("sec-fetch-site", "cross-site")], "").status,
        200,
        "links may lead here"
    );
}

/// One writer holds SQLite's lock and does not let go of it.
#[test]
fn a_busy_database_is_503() {
    use diesel::{Connection as _, SqliteConnection, connection::SimpleConnection as _};

    let server = Server::new(Database::sqlite());
    let tag = server.client().create("boats", &boats());
    let mut holder = SqliteConnection::establish(&server.database.url).unwrap();
    holder.batch_execute("BEGIN IMMEDIATE").unwrap();
    let send = |method: &str, place: &str| {
        let request = ureq::http::Request::builder().method(method).uri(format!("{}{place}", server.url));
        let request = request.header("if-match", &tag).header("content-type", "application/json");
        let config = ureq::Agent::config_builder().http_status_as_error(false).build();
        let mut answer = ureq::Agent::from(config)
            .run(request.body(boats().to_string().replace("Boats", "B")).unwrap())
            .unwrap();
        let text = answer.body_mut().read_to_string().unwrap();
        (answer.status().as_u16(), answer.headers().contains_key("retry-after"), text)
    };
    // As many as there are connections, and one that gets none.
    let answers = thread::scope(|scope| {
        let writers: Vec<_> = (0..9).map(|_| scope.spawn(|| send("PUT", PLACE))).collect();
        writers.into_iter().map(|writer| writer.join().unwrap()).collect::<Vec<_>>()
    });
    for (status, says_when, text) in answers {
        assert_eq!((status, says_when), (503, true), "{text}");
        assert!(!text.contains("locked") && !text.contains("pool") && !text.contains("bb8"), "{text}");
    }
    holder.batch_execute("ROLLBACK").unwrap();
    assert_eq!(send("PUT", PLACE).0, 200, "and goes on when it is free");
    assert_eq!(server.database.rows()[0].2, 2);
}

#[test]
fn it_ends_when_asked_to_and_leaves_nothing() {
    for signal in ["-TERM", "-INT"] {
        let folder = tempfile::tempdir().unwrap();
        let files = || std::fs::read_dir(folder.path()).unwrap().count();
        let status = server::start_and_terminate(signal, folder.path(), |url| {
            Client::new(url).create("boats", &boats());
            assert_eq!(files(), 1, "its file is there");
        });
        assert_eq!((status.code(), files()), (Some(0), 0), "{signal}");
    }
}

#[test]
fn what_keeps_it_from_starting_is_a_sentence() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let words = server::refused(&["--listen", &address]);
    assert!(words.starts_with(&format!("articles: cannot listen on {address}: ")), "{words}");
    let words = server::refused(&["--database", "/nowhere/articles.db"]);
    assert!(words.starts_with("articles: cannot open the database: "), "{words}");
    let words = server::refused(&["--database", "postgres://user:secret@127.0.0.1:1/none"]);
    assert!(
        words.starts_with("articles: cannot open the database: ") && !words.contains("secret"),
        "{words}"
    );
    let words = server::refused(&["--database", "mysql://user:secret@127.0.0.1:1/none"]);
    assert!(
        words.contains("`mysql://` is no database that is known here") && !words.contains("secret"),
        "{words}"
    );
}
