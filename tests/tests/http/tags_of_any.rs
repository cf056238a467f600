//! Entity tags of any two rows: the same exactly if the rows are.

use occ_runtime::http::{EntityTag, EntityTagger};
use proptest::prelude::*;

use super::tags::{Order, Product, line, raw};

/// Everything that a tag stands for.
#[derive(Clone, Debug, PartialEq)]
struct Named {
    secret: Option<bool>,
    representation: &'static str,
    is_order: bool,
    id: i32,
    version: i32,
}

impl Named {
    fn tag(&self) -> EntityTag {
        let tags = match self.secret {
            None => EntityTagger::open(),
            Some(one) => EntityTagger::keyed([u8::from(one); 32]).unwrap(),
        };
        let tags = tags.representation(self.representation);
        let (id, version) = (self.id, self.version);
        if self.is_order { tags.of(&Order { id, version }) } else { tags.of(&Product { id, version }) }
    }
}

fn named() -> impl Strategy<Value = Named> {
    let number = || prop_oneof![-2..3, Just(i32::MIN), Just(i32::MAX), 10..13];
    (
        any::<Option<bool>>(),
        prop_oneof![Just(""), Just("html"), Just("json")],
        any::<bool>(),
        number(),
        number(),
    )
        .prop_map(|(secret, representation, is_order, id, version)| Named {
            secret,
            representation,
            is_order,
            id,
            version,
        })
}

/// Of what might end one value and begin the next.
fn text() -> impl Strategy<Value = String> {
    "[ab\"\\\\,]{0,3}"
}

proptest! {
    #[test]
    fn two_tags_are_the_same_exactly_if_all_they_stand_for_is(a in named(), other in named(), which in 0..7) {
        // They differ in one thing, or in all.
        let mut b = a.clone();
        match which {
            0 => b.secret = other.secret,
            1 => b.representation = other.representation,
            2 => b.is_order = other.is_order,
            3 => b.id = other.id,
            4 => b.version = other.version,
            5 => std::mem::swap(&mut b.id, &mut b.version),
            _ => b = other,
        }
        prop_assert_eq!(a.tag(), a.clone().tag());
        prop_assert_eq!(a.tag() == b.tag(), a == b);
    }

    #[test]
    fn no_two_pairs_of_texts_have_the_same_tag([a, b, c, d] in [text(), text(), text(), text()]) {
        let same = (&a, &b) == (&c, &d);
        prop_assert_eq!(EntityTag::of(&raw(&a, &b, 1)) == EntityTag::of(&raw(&c, &d, 1)), same);
        prop_assert_eq!(EntityTag::of(&line(1, &a, &b)) == EntityTag::of(&line(1, &c, &d)), same);
    }
}
