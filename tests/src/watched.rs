//! The scenarios run under `testing::Watch`: whatever occ's own methods send moves the version of the row it writes.
//!
//! Each test has a watch of its own, which listens to the connections that the test's thread opens. A model is watched from the first
//! call of a method with it. What a scenario sends by hand, mostly as somebody else, goes through `execute`, `batch`, `first` and
//! `all` of the cell, and is not watched.

#[cfg(feature = "version_types")]
pub use with_a_watch::{assert, by_hand, listener, model};
#[cfg(not(feature = "version_types"))]
pub use without_a_watch::{assert, by_hand, listener, model};

#[cfg(feature = "version_types")]
mod with_a_watch {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use diesel::connection::{Instrumentation, InstrumentationEvent};
    use occ_runtime::OptimisticLock;
    use occ_runtime::testing::Watch;

    thread_local! {
        static TEST: Test = Test::default();
    }

    #[derive(Default)]
    struct Test {
        watch: Watch,
        /// How many statements by hand are under way.
        by_hand: Arc<AtomicUsize>,
    }

    impl Drop for Test {
        /// A test that failed before it could ask has said so.
        fn drop(&mut self) {
            let _ = self.watch.findings();
        }
    }

    /// What listens to a connection of this test, besides another listener.
    pub fn listener(mut other: impl Instrumentation) -> impl Instrumentation {
        let (mut watch, by_hand) =
            TEST.with(|test| (test.watch.instrumentation(), Arc::clone(&test.by_hand)));
        move |event: InstrumentationEvent<'_>| {
            // An event cannot be given to two, but what a watch looks at can be told again.
            match &event {
                InstrumentationEvent::StartQuery { query, .. } if by_hand.load(Ordering::SeqCst) == 0 => {
                    watch.on_connection_event(InstrumentationEvent::start_query(*query));
                }
                InstrumentationEvent::FinishQuery { query, error, .. } => {
                    watch.on_connection_event(InstrumentationEvent::finish_query(*query, *error));
                }
                _ => {}
            }
            other.on_connection_event(event);
        }
    }

    /// This model's table is watched from now on.
    pub fn model<M: OptimisticLock>() {
        TEST.with(|test| drop(test.watch.clone().table_if_versioned::<M>()));
    }

    /// As long as it is there, nothing is watched.
    #[derive(Debug)]
    pub struct ByHand(Arc<AtomicUsize>);

    /// What comes now is sent by hand.
    #[must_use]
    pub fn by_hand() -> ByHand {
        TEST.with(|test| {
            test.by_hand.fetch_add(1, Ordering::SeqCst);
            ByHand(Arc::clone(&test.by_hand))
        })
    }

    impl Drop for ByHand {
        fn drop(&mut self) {
            self.0.fetch_sub(1, Ordering::SeqCst);
        }
    }

    /// Fails if occ has sent what leaves a version where it is.
    #[track_caller]
    pub fn assert() {
        TEST.with(|test| test.watch.assert());
    }
}

/// The watch is in a feature of occ-runtime that a build with SQLite alone has not.
#[cfg(not(feature = "version_types"))]
mod without_a_watch {
    use diesel::connection::Instrumentation;
    use occ_runtime::OptimisticLock;

    /// The other listener alone.
    pub fn listener(other: impl Instrumentation) -> impl Instrumentation {
        other
    }

    /// Does nothing.
    pub fn model<M: OptimisticLock>() {}

    /// Stands for what the other one gives.
    #[derive(Debug)]
    pub struct ByHand;

    /// Does nothing.
    #[must_use]
    pub fn by_hand() -> ByHand {
        ByHand
    }

    /// Nothing was watched.
    pub fn assert() {}
}
