//! What is made of each use.

/// A function, its handler, its task and its boxed future.
macro_rules! in_handlers {
    ($pool:ty, $connection:ty; $(async fn $name:ident($conn:ident, $given:ident) -> Answer $body:block)+) => {
        pub const NAMES: &[&str] = &[$(stringify!($name)),+];

        $(async fn $name($conn: &mut $connection, $given: &Given) -> Answer $body)+

        pub fn router(pool: $pool) -> Router {
            Router::new()
                $(.route(
                    concat!("/", stringify!($name)),
                    post(async |State(pool): State<$pool>, name: String| -> Result<String, Problem> {
                        let mut conn = pool.get().await.unwrap();
                        let given = Given::new(name);
                        Ok($name(&mut conn, &given).await?.to_string())
                    }),
                ))+
                .with_state(pool)
        }

        pub fn spawn(name: &str, pool: $pool, given: Given) -> JoinHandle<Answer> {
            match name {
                $(stringify!($name) => tokio::spawn(async move {
                    let mut conn = pool.get().await.unwrap();
                    $name(&mut conn, &given).await
                }),)+
                _ => panic!("there is no {name}"),
            }
        }

        pub fn boxed<'f>(
            name: &str,
            conn: &'f mut $connection,
            given: &'f Given,
        ) -> Pin<Box<dyn Future<Output = Answer> + Send + 'f>> {
            match name {
                $(stringify!($name) => Box::pin($name(conn, given)),)+
                _ => panic!("there is no {name}"),
            }
        }
    };
}

/// All uses, for one type of connection.
macro_rules! uses {
    ($module:ident, $pool:ty, $connection:ty) => {
        #[allow(dead_code, reason = "those on servers are there to be type-checked")]
        mod $module {
            pub mod run {
                use super::super::*;
                runs!($pool, $connection);
            }

            pub mod transaction {
                use super::super::*;
                transactions!($pool, $connection);
            }

            pub mod modify {
                use super::super::*;
                modifications!($pool, $connection);
            }
        }
    };
}
