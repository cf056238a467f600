//! Requests as any program would send them.

use std::time::Duration;

use serde_json::Value as Json;
use ureq::Agent;
use ureq::http::{HeaderMap, HeaderValue, Request};

pub struct Client {
    agent: Agent,
    url: String,
}

#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub headers: HeaderMap,
    pub body: String,
}

pub const JSON: (&str, &str) = ("content-type", "application/json");
pub const MERGE_PATCH: (&str, &str) = ("content-type", "application/merge-patch+json");
pub const FORM: (&str, &str) = ("content-type", "application/x-www-form-urlencoded");
pub const CREATE: (&str, &str) = ("if-none-match", "*");

impl Client {
    pub fn new(url: &str) -> Self {
        let config = Agent::config_builder().http_status_as_error(false).max_redirects(0);
        let config = config.max_redirects_will_error(false).timeout_global(Some(Duration::from_secs(60)));
        // Room for headers that no service should have to read.
        let config = config.output_buffer_size(1 << 20);
        Self { agent: config.build().into(), url: url.to_owned() }
    }

    pub fn send(&self, method: &str, place: &str, headers: &[(&str, &str)], body: &str) -> Answer {
        let headers: Vec<_> = headers.iter().map(|&(name, value)| (name, value.as_bytes())).collect();
        self.send_bytes(method, place, &headers, body.as_bytes())
    }

    pub fn send_bytes(&self, method: &str, place: &str, headers: &[(&str, &[u8])], body: &[u8]) -> Answer {
        let mut request = Request::builder().method(method).uri(format!("{}{place}", self.url));
        for &(name, value) in headers {
            request = request.header(name, HeaderValue::from_bytes(value).unwrap());
        }
        if body.len() > 256 * 1024 {
            // Whoever sends what is too long without waiting for leave may be cut off before the answer has come.
            request = request.header("expect", "100-continue");
        }
        let answer = if body.is_empty() {
            self.agent.run(request.body(()).unwrap())
        } else {
            self.agent.run(request.body(body).unwrap())
        };
        let mut answer = answer.unwrap_or_else(|error| panic!("{method} {place} was not answered: {error}"));
        let body = answer.body_mut().read_to_string().unwrap();
        let answer = Answer { status: answer.status().as_u16(), headers: answer.headers().clone(), body };
        // Whatever a test is about: nothing makes the service fail, and programs get their errors as documents.
        assert!(answer.status < 500, "{method} {place}: {answer:?}");
        if place.starts_with("/api") && answer.status >= 400 && method != "HEAD" {
            assert_eq!(answer.header("content-type"), "application/problem+json", "{method} {place}");
            assert_eq!(answer.json()["status"], answer.status);
        }
        answer
    }

    pub fn get(&self, place: &str) -> Answer {
        self.send("GET", place, &[], "")
    }

    /// Puts an article where there is none, and answers its tag.
    pub fn create(&self, slug: &str, article: &Json) -> String {
        let answer =
            self.send("PUT", &format!("/api/articles/{slug}"), &[JSON, CREATE], &article.to_string());
        assert_eq!(answer.status, 201, "{answer:?}");
        answer.tag()
    }

    pub fn post_form(&self, place: &str, fields: &[(&str, &str)]) -> Answer {
        self.send("POST", place, &[FORM], &encoded(fields))
    }
}

impl Answer {
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    pub fn tag(&self) -> String {
        assert!(self.headers.contains_key("etag"), "{self:?}");
        self.header("etag").to_owned()
    }

    pub fn json(&self) -> Json {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }
}

/// As a form is sent.
pub fn encoded(fields: &[(&str, &str)]) -> String {
    let encode = |text: &str| -> String {
        let byte = |byte: u8| match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'_' | b'-' => char::from(byte).to_string(),
            other => format!("%{other:02X}"),
        };
        text.bytes().map(byte).collect()
    };
    let pairs: Vec<_> =
        fields.iter().map(|(name, value)| format!("{}={}", encode(name), encode(value))).collect();
    pairs.join("&")
}
