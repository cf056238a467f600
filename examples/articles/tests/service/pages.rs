//! The forms, as a browser without JavaScript sends them.

use std::sync::Barrier;
use std::thread;

use serde_json::{Value as Json, json};

use crate::client::{Answer, Client, JSON};
use crate::server::Server;

crate::on_both!(
    articles_are_created_edited_and_deleted,
    edits_of_different_fields_are_merged,
    edits_of_one_field_are_for_people_to_choose,
    a_choice_that_is_not_clear_is_asked_again,
    a_choice_is_checked_against_the_row_too,
    what_a_browser_does_to_line_breaks_is_no_edit,
    nobodys_text_goes_with_its_article,
    only_what_was_seen_is_deleted,
    mistakes_are_shown_beside_the_text,
    a_lie_about_the_base_writes_no_more_than_an_edit_could,
    people_who_save_at_the_same_time_lose_nothing,
);

const PAGE: &str = "/articles/boats";
const API: &str = "/api/articles/boats";

/// A form as a page shows it: what a browser would send if nobody touched it.
#[derive(Clone)]
struct Form(Vec<(String, String)>);

impl Form {
    /// The first form of the page; radio buttons are not chosen.
    fn on(page: &Answer) -> Self {
        let main = &page.body[page.body.find("<form").expect("there is a form")..];
        let form = &main[..main.find("</form>").unwrap()];
        let mut fields = Vec::new();
        for (start, _) in form.match_indices('<') {
            let tag = &form[start..];
            let end = tag.find('>').unwrap();
            let (inside, after) = (&tag[..end], &tag[end + 1..]);
            let Some(name) = attribute(inside, "name") else { continue };
            if inside.starts_with("<input") && attribute(inside, "type").as_deref() != Some("radio") {
                fields.push((name, attribute(inside, "value").unwrap_or_default()));
            } else if inside.starts_with("<textarea") {
                let text = unescaped(&after[..after.find("</textarea>").unwrap()]);
                fields.push((name, text.strip_prefix('\n').unwrap_or(&text).to_owned()));
            }
        }
        Self(fields)
    }

    fn get(&self, name: &str) -> &str {
        self.0.iter().find(|field| field.0 == name).map_or("", |field| &field.1)
    }

    fn with(mut self, name: &str, value: &str) -> Self {
        match self.0.iter_mut().find(|field| field.0 == name) {
            Some(field) => field.1 = value.to_owned(),
            None => self.0.push((name.to_owned(), value.to_owned())),
        }
        self
    }

    fn send(&self, client: &Client, place: &str) -> Answer {
        // As every browser does.
        let lines = |text: &String| text.replace("\r\n", "\n").replace('\r', "\n").replace('\n', "\r\n");
        let fields: Vec<_> = self.0.iter().map(|(name, value)| (name.clone(), lines(value))).collect();
        let fields: Vec<_> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        client.post_form(place, &fields)
    }
}

fn attribute(tag: &str, name: &str) -> Option<String> {
    let start = tag.find(&format!(" {name}=\""))? + name.len() + 3;
    Some(unescaped(&tag[start..start + tag[start..].find('"')?]))
}

fn unescaped(text: &str) -> String {
    text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&amp;", "&")
}

fn boats() -> Json {
    json!({ "title": "Boats", "summary": "On water", "body": "They float." })
}

/// An article, and the form of somebody who begins to edit it.
fn editing(server: &Server) -> (Client, Form) {
    let client = server.client();
    client.create("boats", &boats());
    let form = Form::on(&client.get("/articles/boats/edit"));
    (client, form)
}

/// Somebody else is first.
fn meanwhile(client: &Client, article: &Json) {
    let answer = client.send("PUT", API, &[JSON, ("if-match", "*")], &article.to_string());
    assert_eq!(answer.status, 200);
}

fn leads_to(answer: &Answer, place: &str) {
    assert_eq!((answer.status, answer.header("location")), (303, place), "{}", answer.body);
}

fn articles_are_created_edited_and_deleted(server: &Server) {
    let client = server.client();
    assert!(client.get("/").body.contains("There is nothing here yet."));
    let blank = Form::on(&client.get("/new"));
    let form = blank.clone().with("slug", "boats").with("title", "Boats").with("body", "They\n\nfloat.");
    leads_to(&form.send(&client, "/new"), "/articles/boats?done=created");
    assert_eq!(
        client.get(API).json(),
        json!({ "title": "Boats", "summary": null, "body": "They\n\nfloat." })
    );
    assert!(client.get("/articles/boats?done=created").body.contains("The article is created."));
    assert!(client.get("/").body.contains("<a href=\"/articles/boats\">Boats</a>"));

    let form = Form::on(&client.get("/articles/boats/edit"));
    assert_eq!(
        (form.get("title"), form.get("body"), form.get("base_body")),
        ("Boats", "They\n\nfloat.", "They\n\nfloat.")
    );
    leads_to(&form.clone().with("summary", "On water").send(&client, PAGE), "/articles/boats?done=saved");
    assert_eq!(client.get(API).json()["summary"], "On water");
    assert_eq!(server.database.rows()[0].2, 2);
    let untouched = Form::on(&client.get("/articles/boats/edit"));
    leads_to(&untouched.send(&client, PAGE), "/articles/boats?done=saved");
    assert_eq!(server.database.rows()[0].2, 2, "nothing to be written");

    leads_to(&client.post_form("/articles/boats/delete", &[("tag", untouched.get("tag"))]), "/?done=deleted");
    leads_to(&client.post_form("/articles/boats/delete", &[("tag", untouched.get("tag"))]), "/?done=deleted");
    assert_eq!(server.database.rows(), []);
    assert_eq!(client.get(PAGE).status, 404);
    assert_eq!(client.get("/articles/boats/edit").status, 404);
}

fn edits_of_different_fields_are_merged(server: &Server) {
    let (client, form) = editing(server);
    meanwhile(&client, &json!({ "title": "Ships", "summary": null, "body": "They float." }));
    leads_to(&form.with("body", "They sink.").send(&client, PAGE), "/articles/boats?done=merged");
    assert_eq!(client.get(API).json(), json!({ "title": "Ships", "summary": null, "body": "They sink." }));
    assert!(client.get("/articles/boats?done=merged").body.contains("both are in"));

    // Both have made the same of it.
    let form = Form::on(&client.get("/articles/boats/edit"));
    meanwhile(&client, &json!({ "title": "Ships", "summary": null, "body": "They sail." }));
    leads_to(&form.with("body", "They sail.").send(&client, PAGE), "/articles/boats?done=merged");
    assert_eq!(server.database.rows()[0].2, 4);
}

fn edits_of_one_field_are_for_people_to_choose(server: &Server) {
    let theirs = json!({ "title": "Ships", "summary": "On rivers", "body": "They float." });
    let (client, form) = editing(server);
    let form = form.with("title", "Rafts").with("body", "They sink.");
    meanwhile(&client, &theirs);
    let page = form.send(&client, PAGE);
    assert_eq!((page.status, client.get(API).json()), (409, theirs.clone()), "nothing is written yet");
    for side in ["Before", "Keep mine", "Take theirs", "<mark>Rafts</mark>", "<mark>Ships</mark>"] {
        assert!(page.body.contains(side), "{side}: {}", page.body);
    }
    let choices = Form::on(&page);
    assert!(!page.body.contains("body_choice") && !page.body.contains("summary_choice"), "these are merged");
    assert_eq!((choices.get("body"), choices.get("summary")), ("They sink.", "On rivers"));
    assert_eq!(choices.get("tag"), client.get(API).tag());

    for (choice, own, title) in [
        ("mine", "Rafts", "Rafts"),
        ("theirs", "Rafts", "Ships"),
        ("own", "Rafts and ships", "Rafts and ships"),
    ] {
        meanwhile(&client, &boats());
        let form = Form::on(&client.get("/articles/boats/edit"));
        meanwhile(&client, &theirs);
        let page = form.with("title", "Rafts").with("body", "They sink.").send(&client, PAGE);
        let chosen = Form::on(&page).with("title_choice", choice).with("title", own);
        leads_to(&chosen.send(&client, PAGE), "/articles/boats?done=saved");
        let expected = json!({ "title": title, "summary": "On rivers", "body": "They sink." });
        assert_eq!(client.get(API).json(), expected, "{choice}");
    }
}

fn a_choice_that_is_not_clear_is_asked_again(server: &Server) {
    let (client, form) = editing(server);
    meanwhile(&client, &json!({ "title": "Ships", "summary": "On water", "body": "They float." }));
    let choices = Form::on(&form.with("title", "Rafts").send(&client, PAGE));
    let before = server.database.rows();
    let rewritten = choices.clone().with("title", "Canoes");
    for unclear in [
        choices.clone(),
        rewritten.clone(),
        rewritten.clone().with("title_choice", "mine"),
        rewritten.clone().with("title_choice", "theirs"),
    ] {
        let page = unclear.send(&client, PAGE);
        assert_eq!(page.status, 409);
        assert!(page.body.contains("Choose one of these."), "{}", page.body);
        let again = Form::on(&page);
        assert_eq!(again.get("title"), unclear.get("title"), "what was written is there to be chosen");
        assert_eq!(again.get("was_title"), "Boats");
    }
    assert_eq!(server.database.rows(), before);
    assert_eq!(choices.with("title_choice", "nobody's").send(&client, PAGE).status, 422);
    leads_to(&rewritten.with("title_choice", "own").send(&client, PAGE), "/articles/boats?done=saved");
    assert_eq!(client.get(API).json()["title"], "Canoes");
}

fn a_choice_is_checked_against_the_row_too(server: &Server) {
    let (client, form) = editing(server);
    meanwhile(&client, &json!({ "title": "Ships", "summary": "On water", "body": "They float." }));
    let choices = Form::on(&form.with("title", "Rafts").send(&client, PAGE));
    // While somebody chooses, there is a third edit.
    meanwhile(&client, &json!({ "title": "Liners", "summary": "On seas", "body": "They float." }));
    let again = choices.clone().with("title_choice", "mine").send(&client, PAGE);
    assert_eq!(again.status, 409);
    assert!(again.body.contains("<mark>Liners</mark>"), "{}", again.body);
    // Theirs is whatever they have now.
    leads_to(&choices.with("title_choice", "theirs").send(&client, PAGE), "/articles/boats?done=merged");
    assert_eq!(
        client.get(API).json(),
        json!({ "title": "Liners", "summary": "On seas", "body": "They float." })
    );
    assert_eq!(server.database.rows()[0].2, 3);
}

fn what_a_browser_does_to_line_breaks_is_no_edit(server: &Server) {
    let client = server.client();
    let text = "\n\none\r\ntwo\rthree\n\n";
    client.create("boats", &json!({ "title": "Boats", "body": text }));
    let form = Form::on(&client.get("/articles/boats/edit"));
    leads_to(&form.clone().with("title", "Ships").send(&client, PAGE), "/articles/boats?done=saved");
    assert_eq!(client.get(API).json(), json!({ "title": "Ships", "summary": null, "body": text }));
    // Nor in a merge.
    leads_to(&form.with("summary", "On water").send(&client, PAGE), "/articles/boats?done=merged");
    assert_eq!(client.get(API).json(), json!({ "title": "Ships", "summary": "On water", "body": text }));
}

fn nobodys_text_goes_with_its_article(server: &Server) {
    let (client, form) = editing(server);
    assert_eq!(client.send("DELETE", API, &[("if-match", "*")], "").status, 204);
    let page = form.with("body", "They fly.").send(&client, PAGE);
    assert_eq!(page.status, 404);
    let again = Form::on(&page);
    assert_eq!((again.get("slug"), again.get("title"), again.get("body")), ("boats", "Boats", "They fly."));
    leads_to(&again.send(&client, "/new"), "/articles/boats?done=created");
    assert_eq!(client.get(API).json()["body"], "They fly.");
}

fn only_what_was_seen_is_deleted(server: &Server) {
    let (client, form) = editing(server);
    meanwhile(&client, &json!({ "title": "Boats", "body": "Better than ever." }));
    let page = client.post_form("/articles/boats/delete", &[("tag", form.get("tag"))]);
    assert_eq!(page.status, 409);
    assert!(page.body.contains("Better than ever."));
    assert_eq!(server.database.rows().len(), 1);
    leads_to(&Form::on(&page).send(&client, "/articles/boats/delete"), "/?done=deleted");
    assert_eq!(server.database.rows(), []);
}

fn mistakes_are_shown_beside_the_text(server: &Server) {
    let (client, form) = editing(server);
    let page = form.clone().with("title", "").with("body", &"x".repeat(65_537)).send(&client, PAGE);
    assert_eq!(page.status, 422);
    assert!(
        page.body.contains("This must have 1 to 200 characters.") && page.body.contains("at most 64 KiB")
    );
    let again = Form::on(&page);
    assert_eq!(
        (again.get("tag"), again.get("base_title"), again.get("title")),
        (form.get("tag"), "Boats", "")
    );
    assert_eq!(again.get("body").len(), 65_537, "what was written is not lost");
    let taken = Form::on(&client.get("/new")).with("slug", "boats").with("title", "t").send(&client, "/new");
    assert_eq!(taken.status, 409);
    assert!(taken.body.contains("There is an article at this address already."));
    assert_eq!(Form::on(&taken).with("slug", "No Slug").send(&client, "/new").status, 422);
    assert_eq!(form.with("tag", "no tag").send(&client, PAGE).status, 400);
    assert_eq!(client.send("POST", PAGE, &[JSON], "{}").status, 415);
    assert_eq!(client.post_form(PAGE, &[("body", &"x".repeat(3 << 20))]).status, 413);
    assert_eq!(client.post_form(PAGE, &[("title", "t")]).status, 422);
    assert_eq!(server.database.rows(), [("boats".into(), "Boats".into(), 1)]);
}

fn a_lie_about_the_base_writes_no_more_than_an_edit_could(server: &Server) {
    let (client, form) = editing(server);
    // At the row's own tag the base is the row, whatever the form says.
    let lie = form.clone().with("base_title", "Never").with("base_body", "Never").with("title", "Rafts");
    leads_to(&lie.send(&client, PAGE), "/articles/boats?done=saved");
    let rafts = json!({ "title": "Rafts", "summary": "On water", "body": "They float." });
    assert_eq!(client.get(API).json(), rafts);
    // At another one a base that never was makes more to choose, not less.
    let lie = form.with("base_title", "Never").with("title", "Liners");
    assert_eq!(lie.send(&client, PAGE).status, 409);
    assert_eq!(client.get(API).json(), rafts);
}

fn people_who_save_at_the_same_time_lose_nothing(server: &Server) {
    let (client, _) = editing(server);
    let at_once = |edits: &[(&str, String)]| -> Vec<u16> {
        let form = Form::on(&client.get("/articles/boats/edit"));
        let barrier = Barrier::new(edits.len());
        thread::scope(|scope| {
            let save = |(name, text): &(&str, String)| {
                let (client, form) = (server.client(), form.clone().with(name, text));
                client.get("/favicon.svg"); // connected
                barrier.wait();
                form.send(&client, PAGE).status
            };
            let people: Vec<_> = edits.iter().map(|edit| scope.spawn(move || save(edit))).collect();
            people.into_iter().map(|person| person.join().unwrap()).collect()
        })
    };
    for round in 0..10 {
        let edits = ["title", "summary", "body"].map(|name| (name, format!("{name} of round {round}")));
        assert_eq!(at_once(&edits), [303, 303, 303]);
        let expected: Json = edits.iter().map(|(name, text)| ((*name).to_owned(), json!(text))).collect();
        assert_eq!(client.get(API).json(), expected, "each has changed another field");

        let edits: Vec<_> = (0..4).map(|person| ("title", format!("{person} in round {round}"))).collect();
        let mut statuses = at_once(&edits);
        statuses.sort_unstable();
        assert_eq!(statuses, [303, 409, 409, 409], "all have changed one field");
    }
    assert_eq!(server.database.rows()[0].2, 1 + 10 * 4);
}
