//! The bound on async closures, so that the futures of functions that take one can be awaited in a handler or a spawned task.

/// An async closure, or function, whose future is `Send`: the second bound beside `AsyncFnOnce`, which has no way to say
/// so.
///
/// `Args` are the arguments as a tuple, and `R` is what the future gives. Every such closure of up to three arguments is
/// one; there is nothing to implement. You only name it to take a closure in a function of your own, and hand it on, or
/// [`call`](Self::call) it within another:
///
/// ```
/// use diesel_async::AsyncConnection;
/// use occ_runtime::async_prelude::*;
/// use occ_runtime::{AsyncSavesOn, Error, bound::SendAsyncFnOnce};
///
/// /// `f` in a transaction after which also `parent` is at a new version.
/// async fn with_parent<C, M, T, F>(parent: &mut M, conn: &mut C, f: F) -> Result<T, Error>
/// where
///     C: AsyncConnection,
///     M: AsyncSavesOn<C, Version: Clone + Send> + Send + 'static,
///     T: Send,
///     for<'r> F: AsyncFnOnce(&'r mut C) -> Result<T, Error>
///         + SendAsyncFnOnce<(&'r mut C,), Result<T, Error>>
///         + Send,
/// {
///     optimistic_transaction(conn, parent, async |conn, parent| {
///         parent.touch_optimistic(conn).await?;
///         f.call((conn,)).await
///     })
///     .await
/// }
/// ```
pub trait SendAsyncFnOnce<Args, R> {
    /// What the closure returns.
    type Future: Future<Output = R> + Send;

    /// Calls it. Where it is generic, the compiler knows only of this future that it is `Send`, and not of that of
    /// `f(..)`.
    ///
    /// ```
    /// use occ_runtime::bound::SendAsyncFnOnce as _;
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() {
    /// let twice = async |number: i32| 2 * number;
    /// assert_eq!(twice.call((21,)).await, 42);
    /// # }
    /// ```
    fn call(self, args: Args) -> Self::Future;
}

// Every async closure is also an `FnOnce` that returns its future, and that type can be named and bounded. So `Send` is
// proven where the closure is written, with the lifetimes it has there. Left to the handler around it, the compiler has
// forgotten them, and says "`Send` is not general enough" (<https://github.com/rust-lang/rust/issues/138207>). `FnMut` or
// `Fn` would not do: an async closure that lends what it owns is neither.
impl<F, A, R, Fut> SendAsyncFnOnce<(A,), R> for F
where
    F: FnOnce(A) -> Fut,
    Fut: Future<Output = R> + Send,
{
    type Future = Fut;

    fn call(self, (argument,): (A,)) -> Fut {
        self(argument)
    }
}

impl<F, A, B, R, Fut> SendAsyncFnOnce<(A, B), R> for F
where
    F: FnOnce(A, B) -> Fut,
    Fut: Future<Output = R> + Send,
{
    type Future = Fut;

    fn call(self, (first, second): (A, B)) -> Fut {
        self(first, second)
    }
}

impl<F, A, B, C, R, Fut> SendAsyncFnOnce<(A, B, C), R> for F
where
    F: FnOnce(A, B, C) -> Fut,
    Fut: Future<Output = R> + Send,
{
    type Future = Fut;

    fn call(self, (first, second, third): (A, B, C)) -> Fut {
        self(first, second, third)
    }
}
