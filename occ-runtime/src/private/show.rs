//! The value of a field as text for a page.
//!
//! Which of these traits a type has is only known where the derive writes the type down: it calls
//! `(&&&&Show(&value)).occ_show()`, and the compiler takes the first of them that fits, from more `&` to fewer: autoref specialization.

use std::fmt::{Debug, Display};

/// Stands for a `None`.
const NONE: &str = "none";

#[doc(hidden)]
#[derive(Debug)]
pub struct Show<'a, T>(pub &'a T);

/// An `Option` of something with `Display`.
#[doc(hidden)]
pub trait ShowOption {
    fn occ_show(&self) -> String;
}

impl<T: Display> ShowOption for &&&&Show<'_, Option<T>> {
    fn occ_show(&self) -> String {
        self.0.as_ref().map_or_else(|| NONE.to_owned(), ToString::to_string)
    }
}

#[doc(hidden)]
pub trait ShowDisplay {
    fn occ_show(&self) -> String;
}

impl<T: Display> ShowDisplay for &&&Show<'_, T> {
    fn occ_show(&self) -> String {
        self.0.to_string()
    }
}

/// An `Option` of something with `Debug`.
#[doc(hidden)]
pub trait ShowDebugOption {
    fn occ_show(&self) -> String;
}

impl<T: Debug> ShowDebugOption for &&Show<'_, Option<T>> {
    fn occ_show(&self) -> String {
        self.0.as_ref().map_or_else(|| NONE.to_owned(), |value| format!("{value:?}"))
    }
}

#[doc(hidden)]
pub trait ShowDebug {
    fn occ_show(&self) -> String;
}

impl<T: Debug> ShowDebug for &Show<'_, T> {
    fn occ_show(&self) -> String {
        format!("{:?}", self.0)
    }
}

/// Anything else, such as an embedded struct without `Debug`.
#[doc(hidden)]
pub trait ShowNothing {
    fn occ_show(&self) -> String;
}

impl<T> ShowNothing for Show<'_, T> {
    fn occ_show(&self) -> String {
        format!("a value of type {}", std::any::type_name::<T>())
    }
}

#[cfg(test)]
#[allow(clippy::needless_borrow, reason = "the derive writes as many `&`, whatever the type is")]
mod tests {
    use super::*;

    #[derive(Debug)]
    struct Debugged;

    struct Bare;

    #[test]
    fn a_value_is_shown_in_the_best_way_that_its_type_has() {
        assert_eq!((&&&&&Show(&Some(7))).occ_show(), "7");
        assert_eq!((&&&&&Show(&None::<i32>)).occ_show(), "none");
        assert_eq!((&&&&&Show(&"a")).occ_show(), "a");
        assert_eq!((&&&&&Show(&Some(Debugged))).occ_show(), "Debugged");
        assert_eq!((&&&&&Show(&None::<Debugged>)).occ_show(), "none");
        assert_eq!((&&&&&Show(&Debugged)).occ_show(), "Debugged");
        assert!((&&&&&Show(&Bare)).occ_show().ends_with("::Bare"));
    }
}
