//! The future of an async method.

use std::future::Future;
use std::pin::Pin;

/// What an async method gives: a future that is `Send`, in a box.
///
/// The type says nothing of the bounds of the method. So a bound that does not hold is one error, at the call; of an
/// `impl Future` the compiler would say it again at each `.await`. The box is one allocation beside those that diesel-async
/// makes for each statement.
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;
