//! People with a browser. The pictures are in `tmp/articles` of the target folder.

mod driver;

use serde_json::{Value as Json, json};

use crate::client::{Client, JSON};
use crate::database::Database;
use crate::server::Server;
use driver::{Browser, DOWN, Driver, ENTER, Kind, SPACE};

/// The text of an article that is long enough to be looked at.
const BODY: &str =
    "A boat floats because it weighs less than the water that it pushes aside.\n\nThat was found in a bath.";

/// Its name, a driver, and a service with an article.
macro_rules! with_browser {
    ($test:ident, |$driver:ident, $server:ident, $client:ident| $body:block) => {
        #[test]
        fn $test() {
            let name = concat!(module_path!(), "::", stringify!($test));
            let Some($driver) = Driver::start(name) else { return };
            let $server = Server::new(Database::sqlite());
            let $client = $server.client();
            $client.create("boats", &boats());
            $body
        }
    };
}

fn boats() -> Json {
    json!({ "title": "Boats", "summary": "Why they float", "body": BODY })
}

/// Both edit; the second one saves a title and a text after the first one has saved another title and a summary.
fn meet(server: &Server, first: &Browser, second: &Browser) {
    for browser in [first, second] {
        browser.open(&format!("{}/articles/boats", server.url));
        browser.click("a[href='/articles/boats/edit']");
        browser.arrives("/edit");
    }
    first.write("#title", "Ships");
    first.write("#summary", "Why ships float");
    first.click("form.editor .primary");
    first.arrives("/articles/boats?done=saved");
    second.write("#title", "Boats and rafts");
    second.write("#body", &BODY.replace("bath", "bathtub, as they say"));
    second.click("form.editor .primary");
    second.arrives("/articles/boats");
}

fn stored(client: &Client) -> Json {
    client.get("/api/articles/boats").json()
}

fn both(title: &str) -> Json {
    json!({ "title": title, "summary": "Why ships float", "body": BODY.replace("bath", "bathtub, as they say") })
}

fn two_people(server: &Server, client: &Client, first: &Browser, second: &Browser, name: &str) {
    meet(server, first, second);
    assert_eq!(second.text("h1"), "Two edits of “Ships”");
    assert_eq!(second.text(".side.mine .text"), "Boats and rafts");
    assert_eq!(second.text(".side.mine mark").trim(), "and rafts", "what differs is marked");
    assert_eq!(second.text(".side.theirs mark"), "Ships");
    assert!(second.text(".merged").contains("Why ships float"));
    assert_eq!(stored(client)["title"], "Ships", "nothing is overwritten");
    second.picture(&format!("conflict-{name}"));
    second.click("input[name=title_choice][value=own]");
    second.write("#title", "Boats, rafts and ships");
    second.click("form.conflict .primary");
    second.arrives("/articles/boats?done=saved");
    assert_eq!(second.text("h1"), "Boats, rafts and ships");
    assert_eq!(stored(client), both("Boats, rafts and ships"));
    assert_eq!(server.database.rows()[0].2, 3);
}

with_browser!(two_people_lose_no_edit, |driver, server, client| {
    let (first, second) = (driver.browser(Kind::Desktop), driver.browser(Kind::Desktop));
    two_people(&server, &client, &first, &second, "desktop");
});

with_browser!(two_people_without_javascript_lose_no_edit, |driver, server, client| {
    let browser = || driver.browser(Kind::WithoutScripts);
    let (first, second) = (browser(), browser());
    first.open(
        "data:text/html,<p id=is>off</p><script>document.getElementById('is').textContent = 'on'</script>",
    );
    assert_eq!(first.text("#is"), "off", "pages run no scripts");
    two_people(&server, &client, &first, &second, "without-scripts");

    // Edits of different fields need no choice.
    for browser in [&first, &second] {
        browser.open(&format!("{}/articles/boats/edit", server.url));
    }
    first.write("#title", "Hulls");
    first.click("form.editor .primary");
    first.arrives("done=saved");
    second.write("#summary", "");
    second.click("form.editor .primary");
    second.arrives("done=merged");
    assert_eq!((&stored(&client)["title"], &stored(&client)["summary"]), (&json!("Hulls"), &Json::Null));
});

with_browser!(a_keyboard_is_enough, |driver, server, client| {
    let (first, second) = (driver.browser(Kind::Desktop), driver.browser(Kind::Desktop));
    // Create one.
    first.open(&server.url);
    first.tab_to("a[href='/new']");
    first.press(&[ENTER]);
    first.arrives("/new");
    first.tab_to("#slug");
    first.press(&["k", "e", "y", "s"]);
    first.tab_to("#title");
    first.press(&["K", "e", "y", "s", ENTER]);
    first.arrives("/articles/keys?done=created");

    meet(&server, &first, &second);
    second.tab_to("input[name=title_choice]");
    second.press(&[SPACE]);
    assert_eq!(second.property("input[value=mine]", "checked"), true);
    second.press(&[DOWN]);
    assert_eq!(second.property("input[value=theirs]", "checked"), true);
    second.tab_to("form.conflict .primary");
    second.press(&[ENTER]);
    second.arrives("/articles/boats?done=saved");
    assert_eq!(stored(&client), both("Ships"));

    // Delete one; the question is the script's.
    second.tab_to("a[href='/articles/boats/edit']");
    second.press(&[ENTER]);
    second.arrives("/edit");
    second.tab_to("form.deletion button");
    second.press(&[ENTER]);
    second.waits_for("the question", || second.asks());
    second.agree();
    second.arrives("/?done=deleted");
    assert_eq!(server.database.rows().len(), 1);
});

with_browser!(pages_fit_a_phone, |driver, server, client| {
    let (first, phone) = (driver.browser(Kind::Desktop), driver.browser(Kind::Phone));
    let unbroken = "Donaudampfschifffahrtsgesellschaftskapitänspatent".repeat(3);
    client.create("long", &json!({ "title": unbroken, "summary": unbroken, "body": unbroken }));
    let mut names = Vec::new();
    let mut looks_right = |browser: &Browser, name: &'static str| {
        let wider = browser.script("return document.documentElement.scrollWidth - window.innerWidth");
        assert!(wider.as_i64().unwrap() <= 0, "{name} is wider than the screen: {wider}");
        let unlabelled = browser.script(
            "return [...document.querySelectorAll('input:not([type=hidden]), textarea')].filter(e => !e.labels.length).length",
        );
        assert_eq!(unlabelled, 0, "{name} has a field without a label");
        browser.picture(&format!("phone-{name}"));
        names.push(name);
    };
    for (name, place) in [
        ("list", "/"),
        ("article", "/articles/boats"),
        ("long", "/articles/long"),
        ("editor", "/articles/boats/edit"),
        ("new", "/new"),
        ("nothing", "/nothing"),
    ] {
        phone.open(&format!("{}{place}", server.url));
        assert_eq!(phone.script("return window.innerWidth"), 375);
        looks_right(&phone, name);
    }
    meet(&server, &first, &phone);
    looks_right(&phone, "conflict");
    phone.in_the_dark();
    looks_right(&phone, "conflict-dark");
    assert_eq!(names.len(), 8);
});

with_browser!(scripts_tell_of_what_happens_elsewhere, |driver, server, client| {
    let browser = driver.browser(Kind::Desktop);
    browser.open(&format!("{}/articles/boats/edit", server.url));
    assert!(browser.has("#changed[hidden]"));
    let ships = json!({ "title": "Ships", "summary": "Why they float", "body": BODY }).to_string();
    assert_eq!(client.send("PUT", "/api/articles/boats", &[JSON, ("if-match", "*")], &ships).status, 200);
    browser.waits_for("a notice", || browser.has("#changed:not([hidden])"));
    assert!(browser.text("#changed").starts_with("Somebody else has saved this article"));
    browser.picture("notice");

    // Who writes a text of their own has chosen it; and who leaves with a text that is not saved is asked.
    browser.write("#title", "Rafts");
    browser.click("form.editor .primary");
    browser.arrives("/articles/boats");
    browser.write("#title", "Canoes");
    assert_eq!(browser.property("input[value=own]", "checked"), true);
    // The driver would answer the browser's own question by itself.
    let leave = "const e = new Event('beforeunload', { cancelable: true }); dispatchEvent(e); return e.defaultPrevented";
    assert_eq!(browser.script(leave), true);
    assert_eq!(stored(&client)["title"], "Ships");
});

with_browser!(markup_is_shown_and_not_run, |driver, server, client| {
    let markup =
        "</textarea><script>document.title='run'</script><img src=x onerror=\"document.title='run'\">";
    client.create("markup", &json!({ "title": markup, "summary": markup, "body": markup }));
    let browser = driver.browser(Kind::Desktop);
    for place in ["/articles/markup", "/articles/markup/edit", "/"] {
        browser.open(&format!("{}{place}", server.url));
        assert!(browser.text("main").contains(if place.ends_with("edit") {
            "Edit “</textarea>"
        } else {
            markup
        }));
        assert_ne!(browser.script("return document.title"), "run");
        assert_eq!(
            browser.script("return document.scripts.length + document.images.length"),
            1,
            "the page's own"
        );
    }
});

with_browser!(pages_can_be_looked_at, |driver, server, client| {
    for (slug, title) in [("anchors", "Anchors"), ("currents", "Currents and tides"), ("knots", "Knots")] {
        client.create(slug, &json!({ "title": title, "summary": "What every sailor asks", "body": BODY }));
    }
    let browser = driver.browser(Kind::Desktop);
    for (name, place) in [
        ("list", "/"),
        ("article", "/articles/boats?done=merged"),
        ("editor", "/articles/boats/edit"),
        ("new", "/new"),
        ("nothing", "/nothing"),
    ] {
        browser.open(&format!("{}{place}", server.url));
        browser.picture(name);
        assert!(!browser.text("h1").is_empty());
    }
    browser.in_the_dark();
    let dark = browser.script("return getComputedStyle(document.body).backgroundColor");
    assert_eq!(dark, "rgb(22, 25, 28)");
    for (name, place) in [("list-dark", "/"), ("editor-dark", "/articles/boats/edit")] {
        browser.open(&format!("{}{place}", server.url));
        browser.picture(name);
    }
});
