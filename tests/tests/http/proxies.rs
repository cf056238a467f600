//! A tag is known again after a proxy that compresses has altered it, where that was asked for; and nothing else is.

use http::header::{IF_MATCH, IF_NONE_MATCH};
use http::{HeaderMap, HeaderValue, Method};
use occ_runtime::http::Verdict::{NotModified, PreconditionFailed, Proceed};
use occ_runtime::http::{EntityTag, EntityTagger, Preconditions, Problem};
use occ_runtime::prelude::*;
use proptest::prelude::*;

use super::grammar::separator;
use super::preconditions;

diesel::table! { products (id) { id -> Integer, version -> Integer } }

#[derive(OptimisticLock)]
struct Product {
    id: i32,
    version: i32,
}

const NOW: Product = Product { id: 1, version: 7 };

/// What the servers append: as their manuals and sources have it.
const APPENDED: [&str; 10] =
    ["-gzip", "-x-gzip", "-gunzip", "-deflate", "-br", "-zstd", ";gzip", "--gzip", "--br", "--zstd"];

/// What none of them does.
const OTHERS: [&str; 22] = [
    "-",
    "--",
    ";",
    "gzip",
    "br",
    "-GZIP",
    "-Br",
    "-gzi",
    "-gzip-",
    "-gzip1",
    "-gzip-gzip",
    "-gzip-br",
    "--gzip-gzip",
    "---gzip",
    "-gzip;gzip",
    "_gzip",
    ":gzip",
    "+gzip",
    ";br",
    "--deflate",
    "-identity",
    "-compress",
];

fn strict() -> EntityTagger {
    EntityTagger::keyed([7; 32]).unwrap()
}

/// The 32 digits of a row.
fn digits(row: &Product) -> String {
    strict().of(row).to_string().trim_matches('"').to_owned()
}

/// Whether an `If-Match` passes, a read with `If-None-Match` is 304, and a write with `If-None-Match` is refused.
fn outcomes(tags: &EntityTagger, sent: &str) -> [bool; 3] {
    let current = tags.of(&NOW);
    let none_match = preconditions(&[(IF_NONE_MATCH, sent)]);
    let if_match = preconditions(&[(IF_MATCH, sent)]);
    let passes = if_match.evaluate(&Method::PUT, Some(&current)) == Proceed;
    assert_eq!(if_match.check(Some(&current)).is_ok(), passes, "{sent}");
    assert_eq!(if_match.evaluate(&Method::GET, Some(&current)) == Proceed, passes, "{sent}");
    let if_match = if_match.require_if_match().unwrap();
    assert_eq!(if_match.check(tags, &NOW).is_ok(), passes, "{sent}");
    [
        passes,
        none_match.evaluate(&Method::GET, Some(&current)) == NotModified,
        none_match.check(Some(&current)).is_err(),
    ]
}

#[test]
fn what_proxies_make_of_a_tag_is_the_tag_where_that_was_asked_for() {
    let now = digits(&NOW);
    let forms: Vec<_> = APPENDED.iter().map(|appended| format!("\"{now}{appended}\"")).collect();
    for form in [vec![format!("\"{now}\"")], forms].concat() {
        let weak = format!("W/{form}");
        for tags in [strict().behind_proxies(), strict().weak(), strict().weak().behind_proxies()] {
            assert_eq!(outcomes(&tags, &form), [true; 3], "{form}");
            assert_eq!(outcomes(&tags, &weak), [true; 3], "{weak}");
            for list in [format!("\"other\", {weak}"), format!("W/\"{now}-other\",,\t{form} , \"b\"")] {
                assert_eq!(outcomes(&tags, &list), [true; 3], "{list}");
            }
        }
        // And without it is not: only `If-None-Match` takes the weak one, by the RFC.
        let appended = form.len() > 34;
        assert_eq!(outcomes(&strict(), &form), [!appended; 3], "{form}");
        assert_eq!(outcomes(&strict(), &weak), [false, !appended, !appended], "{weak}");
    }
    for tags in [strict(), strict().behind_proxies(), strict().weak()] {
        assert_eq!(outcomes(&tags, "*"), [true; 3]);
    }
}

#[test]
fn nothing_else_is_taken_for_the_tag() {
    let (now, before, other) =
        (digits(&NOW), digits(&Product { version: 6, ..NOW }), digits(&Product { id: 2, ..NOW }));
    let open = EntityTagger::open().of(&NOW).to_string();
    let html = strict().representation("html").of(&NOW).to_string();
    let mut wrong = vec![
        open.trim_matches('"').to_owned(),
        html.trim_matches('"').to_owned(),
        String::new(),
        now[..31].to_owned(),
        now[1..].to_owned(),
        now.to_uppercase(),
        format!("{now}{now}"),
        format!("gzip-{now}"),
        format!("W/{now}"),
        before,
        other,
    ];
    // Neither alone nor with what proxies append.
    let bodies = wrong.clone();
    wrong.extend(
        APPENDED.iter().flat_map(|appended| bodies.iter().map(move |body| format!("{body}{appended}"))),
    );
    wrong.extend(OTHERS.iter().map(|appended| format!("{now}{appended}")));
    for opaque in wrong {
        for sent in [format!("\"{opaque}\""), format!("W/\"{opaque}\""), format!("\"a\", \"{opaque}\"")] {
            for tags in [strict(), strict().behind_proxies(), strict().weak()] {
                assert_eq!(outcomes(&tags, &sent), [false; 3], "{sent}");
            }
        }
    }
}

/// As Apache Traffic Server does: that is no tag, and stays a 400. Weak ones it leaves alone.
#[test]
fn what_is_appended_after_the_quote_is_malformed() {
    let headers = HeaderMap::from_iter([(IF_MATCH, HeaderValue::from_static("\"a1\"-df"))]);
    assert!(Preconditions::from_headers(&headers).is_err());
}

#[test]
fn the_option_is_of_the_tags_it_makes_and_changes_none_of_them() {
    let tags = strict().behind_proxies();
    assert_eq!(tags.of(&NOW), strict().of(&NOW));
    assert!(!tags.of(&NOW).is_weak());
    // Weak from the start is the same tag, weak, and goes on to the tags of a representation.
    for (weak, strong) in [
        (strict().weak(), strict()),
        (strict().weak().representation("html"), strict().representation("html")),
    ] {
        assert_eq!(weak.of(&NOW).to_string(), format!("W/{}", strong.of(&NOW)));
        assert!(weak.of(&NOW).is_weak());
        assert_eq!(EntityTag::try_from(&HeaderValue::from(weak.of(&NOW))), Ok(weak.of(&NOW)));
    }
    let html = tags.representation("html");
    let sent = format!("W/{}", html.of(&NOW));
    let if_match = preconditions(&[(IF_MATCH, &sent)]).require_if_match().unwrap();
    assert!(if_match.check(&html, &NOW).is_ok());
    assert!(if_match.check(&tags, &NOW).is_err());
    // A tag that was parsed has no maker, and is compared by the RFC.
    let parsed: EntityTag = tags.of(&NOW).to_string().parse().unwrap();
    let weak = preconditions(&[(IF_MATCH, &format!("W/{parsed}"))]);
    assert_eq!(weak.evaluate(&Method::PUT, Some(&parsed)), PreconditionFailed);
    // The two comparisons of the RFC are what they are.
    let weak: EntityTag = format!("W/{parsed}").parse().unwrap();
    assert!(!tags.of(&NOW).strong_eq(&weak) && tags.of(&NOW).weak_eq(&weak));
}

#[test]
fn a_412_says_that_a_proxy_has_altered_the_current_tag_and_only_then() {
    let now = digits(&NOW);
    let refused = |tags: &EntityTagger, sent: &str| {
        let if_match = preconditions(&[(IF_MATCH, sent)]).require_if_match().unwrap();
        if_match.check(tags, &NOW).unwrap_err()
    };
    let (by_a_proxy, plain) = (
        [format!("W/\"{now}\""), format!("\"{now}-gzip\""), format!("\"a\", W/\"{now}--br\"")],
        [
            format!("\"{}\"", digits(&Product { version: 6, ..NOW })),
            format!("\"{now}-other\""),
            "W/\"a\"".to_owned(),
        ],
    );
    for sent in &by_a_proxy {
        let error = refused(&strict(), sent);
        assert!(error.is_altered_tag(), "{sent}");
        let text = error.to_string();
        assert!(
            text.contains("`EntityTagger::behind_proxies`") && text.contains("changes nothing"),
            "{text}"
        );
        let problem = Problem::from(error);
        let detail = problem.detail().unwrap();
        assert_eq!((problem.status().as_u16(), problem.type_uri()), (412, Problem::BLANK));
        assert!(detail.starts_with("A proxy has weakened the current entity tag"), "{detail}");
        assert!(detail.contains("changes nothing") && detail.ends_with('.'), "{detail}");
        // Neither the tag, nor what the service is made of.
        assert!(!detail.contains(&now) && !detail.contains("EntityTagger"), "{detail}");
    }
    for sent in &plain {
        for tags in [strict(), strict().behind_proxies(), strict().weak()] {
            let error = refused(&tags, sent);
            assert!(!error.is_altered_tag(), "{sent}");
            assert!(error.to_string().ends_with("read it again and apply the change to that"), "{error}");
            assert!(
                Problem::from(error)
                    .detail()
                    .unwrap()
                    .ends_with("read it again and apply the change to that.")
            );
        }
    }
    // Where the tag would pass and something else is refused, it is not the proxy.
    let both = preconditions(&[(IF_MATCH, &format!("\"{now}\"")), (IF_NONE_MATCH, &format!("W/\"{now}\""))]);
    assert!(!both.check(Some(&strict().of(&NOW))).unwrap_err().is_altered_tag());
    assert!(!preconditions(&[(IF_MATCH, &by_a_proxy[0])]).check(None).unwrap_err().is_altered_tag());
}

/// Where the client is told by `respond`.
#[test]
fn a_read_that_is_refused_for_an_altered_tag_says_so_too() {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let detail = |tags: &EntityTagger, sent: &str| {
        let answer = preconditions(&[(IF_MATCH, sent)]).respond(tags.of(&NOW), || "the row");
        let status = answer.status().as_u16();
        let body = runtime.block_on(axum::body::to_bytes(answer.into_body(), 1 << 16)).unwrap();
        (status, String::from_utf8(body.to_vec()).unwrap())
    };
    let weak = format!("W/{}", strict().of(&NOW));
    let (status, body) = detail(&strict(), &weak);
    assert!(status == 412 && body.contains("A proxy has weakened"), "{body}");
    let (status, body) = detail(&strict(), "\"a\"");
    assert!(status == 412 && body.contains("read it again"), "{body}");
    assert_eq!(detail(&strict().behind_proxies(), &weak), (200, "the row".to_owned()));
}

/// A tag of a request: what it begins with, what follows, and whether it is weak.
fn sent() -> impl Strategy<Value = String> {
    let body = prop_oneof![
        4 => Just(digits(&NOW)),
        1 => Just(digits(&Product { version: 6, ..NOW })),
        1 => "[a-f0-9]{0,3}",
    ];
    let appended = prop_oneof![
        3 => prop::sample::select(&APPENDED[..]).prop_map(str::to_owned),
        2 => prop::sample::select(&OTHERS[..]).prop_map(str::to_owned),
        2 => Just(String::new()),
        1 => "[-;gzipbr]{1,6}",
    ];
    (any::<bool>(), body, appended)
        .prop_map(|(weak, body, appended)| format!("{}\"{body}{appended}\"", if weak { "W/" } else { "" }))
}

/// Every tag there is for the row, one by one.
fn by_definition(sent: &str, proxies: bool, weakly: bool) -> bool {
    let now = digits(&NOW);
    let appended = [""].into_iter().chain(if proxies { APPENDED.to_vec() } else { vec![] });
    let strong: Vec<_> = appended.map(|appended| format!("\"{now}{appended}\"")).collect();
    strong.iter().any(|tag| tag == sent || (proxies || weakly) && format!("W/{tag}") == sent)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, ..ProptestConfig::default() })]

    #[test]
    fn a_list_matches_exactly_if_one_of_it_is_a_form_of_the_tag(
        list in prop::collection::vec((sent(), separator()), 1..5),
        kind in 0_usize..3,
    ) {
        let tags = [strict(), strict().behind_proxies(), strict().weak()][kind].clone();
        let proxies = kind > 0;
        let text: String = list.iter().flat_map(|(tag, separator)| [tag.as_str(), *separator]).collect();
        let strongly = list.iter().any(|(tag, _)| by_definition(tag, proxies, false));
        let weakly = list.iter().any(|(tag, _)| by_definition(tag, proxies, true));
        prop_assert_eq!(outcomes(&tags, &text), [strongly, weakly, weakly], "{}", text);
        // Why it is refused.
        let refused = preconditions(&[(IF_MATCH, &text)]).check(Some(&tags.of(&NOW)));
        let altered = list.iter().any(|(tag, _)| by_definition(tag, true, true));
        prop_assert_eq!(refused.is_err_and(|error| error.is_altered_tag()), !strongly && altered, "{}", text);
    }
}
