//! A layer that demands preconditions of every write: feature `axum`.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use ::http::{HeaderMap, Method, Request};
use axum_core::response::{IntoResponse as _, Response};
use tower_layer::Layer;
use tower_service::Service;

use crate::http::preconditions::Preconditions;
use crate::http::problem::Problem;

/// A layer for axum's routers and tower's services that answers 428 to each request that would write and has no precondition, whatever
/// its handler demands: so that none is forgotten.
///
/// A request writes if its method is not safe: all but GET, HEAD, OPTIONS and TRACE. An `If-Match` or an `If-None-Match` is a
/// precondition; one that cannot be parsed is answered 400. Whether it holds, only a handler can say, which knows the row: so a
/// request that passes has still to be checked.
///
/// ```
/// use axum::Router;
/// use axum::routing::{get, post};
/// use http::Method;
/// use occ_runtime::http::RequirePreconditions;
///
/// let layer = RequirePreconditions::new()
///     .refusing_any()
///     .except(|method, path| method == Method::POST && path == "/articles") // makes a new one
///     .except(|_, path| path.starts_with("/login"));
/// # type Routes = Router;
/// let routes: Routes = Router::new()
///     .route("/articles", get(async || "all").post(async || "a new one"))
///     .route("/articles/{id}", get(async || "one").put(async || "replaced"))
///     .layer(layer);
/// ```
///
/// Of a router that is nested in another, the path is the rest of it, as its handlers see it.
#[derive(Clone, Default)]
pub struct RequirePreconditions {
    exceptions: Vec<Arc<Exception>>,
    refuses_any: bool,
}

type Exception = dyn Fn(&Method, &str) -> bool + Send + Sync;

impl RequirePreconditions {
    /// Of every write.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// But not of those for which this is true, given the method and the path. What is said first stays.
    #[must_use]
    pub fn except(mut self, exception: impl Fn(&Method, &str) -> bool + Send + Sync + 'static) -> Self {
        self.exceptions.push(Arc::new(exception));
        self
    }

    /// Answers 428 to `If-Match: *` as well, which is no word of what the client has read.
    #[must_use]
    pub fn refusing_any(self) -> Self {
        Self { refuses_any: true, ..self }
    }

    fn check(&self, method: &Method, path: &str, headers: &HeaderMap) -> Result<(), Problem> {
        let is_safe = matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS | Method::TRACE);
        if is_safe || self.exceptions.iter().any(|exception| exception(method, path)) {
            return Ok(());
        }
        let sent = Preconditions::from_headers(headers)?.require_either()?;
        if self.refuses_any && sent.if_match().is_some() {
            Preconditions::clone(&sent).require_if_match()?.refuse_any()?;
        }
        Ok(())
    }
}

/// Shows no closure.
impl fmt::Debug for RequirePreconditions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RequirePreconditions")
            .field("exceptions", &self.exceptions.len())
            .field("refuses_any", &self.refuses_any)
            .finish()
    }
}

impl<S> Layer<S> for RequirePreconditions {
    type Service = RequiresPreconditions<S>;

    fn layer(&self, inner: S) -> RequiresPreconditions<S> {
        RequiresPreconditions { inner, demand: self.clone() }
    }
}

/// The service that [`RequirePreconditions`] makes of another one.
///
/// ```
/// use axum::routing::get;
/// use occ_runtime::http::{RequirePreconditions, RequiresPreconditions};
/// use tower_layer::Layer;
///
/// let handler: axum::routing::MethodRouter = get(async || "a row");
/// let guarded: RequiresPreconditions<_> = RequirePreconditions::new().layer(handler);
/// ```
#[derive(Clone, Debug)]
pub struct RequiresPreconditions<S> {
    inner: S,
    demand: RequirePreconditions,
}

impl<S, B> Service<Request<B>> for RequiresPreconditions<S>
where
    S: Service<Request<B>, Response = Response, Future: Send + 'static>,
{
    type Response = Response;
    type Error = S::Error;
    type Future = Pin<Box<dyn Future<Output = Result<Response, S::Error>> + Send>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        match self.demand.check(request.method(), request.uri().path(), request.headers()) {
            Ok(()) => Box::pin(self.inner.call(request)),
            Err(problem) => Box::pin(async move { Ok(problem.into_response()) }),
        }
    }
}
