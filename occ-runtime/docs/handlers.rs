use axum::extract::{Path, State};
use axum::http::header::LOCATION;
use axum::http::{Method, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use diesel_async::pooled_connection::deadpool::{Object, Pool};
use diesel_async::sync_connection_wrapper::SyncConnectionWrapper;
use occ_runtime::Tracked;
use occ_runtime::async_prelude::*;
use occ_runtime::http::{
    CreateOrReplace, EntityTag, EntityTagger, IfMatch, MergePatch, Preconditions, Problem,
    RequirePreconditions, Tagged, Written,
};

diesel::table! {
    notes (id) { id -> Integer, title -> Text, text -> Nullable<Text>, version -> Integer }
}

#[derive(Clone, Queryable, Selectable, OptimisticLock, serde::Serialize, serde::Deserialize)]
#[occ(tracked)]
pub struct Note {
    id: i32,
    title: String,
    text: Option<String>,
    version: i32,
}

/// What a client writes.
#[derive(Insertable, serde::Deserialize)]
#[diesel(table_name = notes)]
struct Content {
    title: String,
    text: Option<String>,
}

/// One of a list, with the tag by which it can be changed.
#[derive(serde::Serialize)]
struct Item {
    etag: EntityTag,
    note: Note,
}

type Connection = SyncConnectionWrapper<SqliteConnection>;

#[derive(Clone)]
pub struct App {
    pub pool: Pool<Connection>,
    pub tags: EntityTagger,
}

pub fn routes(app: App) -> Router {
    Router::new()
        .route("/notes", get(list).post(create))
        .route("/notes/{id}", get(read).put(put).patch(patch).delete(delete))
        // 428 to any other write without a precondition.
        .layer(RequirePreconditions::new().except(|method, path| method == Method::POST && path == "/notes"))
        .with_state(app)
}

type Answer = Result<Response, Problem>;

// 200, 304
async fn list(State(app): State<App>, sent: Preconditions) -> Answer {
    let conn = &mut connection(&app).await?;
    let notes = notes::table.order(notes::id).select(Note::as_select()).load(conn).await?;
    let tag = app.tags.of_all(&notes);
    let item = |note| Item { etag: app.tags.of(&note), note };
    Ok(sent.respond(tag, || Json(notes.into_iter().map(item).collect::<Vec<_>>())))
}

// 201, 409, 422
async fn create(State(app): State<App>, Json(content): Json<Content>) -> Answer {
    let conn = &mut connection(&app).await?;
    let note = Note::create_optimistic(&content, conn).await?;
    let place = [(LOCATION, format!("/notes/{}", note.id))];
    Ok((StatusCode::CREATED, place, Tagged(app.tags.of(&note), Json(note))).into_response())
}

// 200, 304, 404
async fn read(State(app): State<App>, Path(id): Path<i32>, sent: Preconditions) -> Answer {
    let conn = &mut connection(&app).await?;
    let note = find(id, conn).await?.into_inner();
    Ok(sent.respond(app.tags.of(&note), || Json(note)))
}

// 201, 204, 409, 412, 422, 428
async fn put(
    State(app): State<App>,
    Path(id): Path<i32>,
    sent: CreateOrReplace,
    Json(Content { title, text }): Json<Content>,
) -> Answer {
    let conn = &mut connection(&app).await?;
    let mut note = Note { id, title, text, version: 0 };
    let written = note.put_conditional(&sent, &app.tags, conn).await?;
    let created = written == Written::Created;
    Ok(if created { StatusCode::CREATED } else { StatusCode::NO_CONTENT }.into_response())
}

// 200, 404, 409, 412, 415, 422, 428
async fn patch(State(app): State<App>, Path(id): Path<i32>, if_match: IfMatch, patch: MergePatch) -> Answer {
    let conn = &mut connection(&app).await?;
    let mut note = find(id, conn).await?;
    note.apply_merge_patch(&patch, &["title", "text"])?;
    note.save_conditional(&if_match, &app.tags, conn).await?;
    Ok(Tagged(app.tags.of(&*note), Json(note.into_inner())).into_response())
}

// 204, 404, 409, 412, 428
async fn delete(State(app): State<App>, Path(id): Path<i32>, if_match: IfMatch) -> Answer {
    let conn = &mut connection(&app).await?;
    find(id, conn).await?.delete_conditional(&if_match, &app.tags, conn).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

async fn find(id: i32, conn: &mut Connection) -> Result<Tracked<Note>, Problem> {
    Ok(notes::table.find(id).select(Tracked::<Note>::as_select()).first(conn).await?)
}

// 503
async fn connection(app: &App) -> Result<Object<Connection>, Problem> {
    app.pool.get().await.map_err(Problem::unavailable)
}
