//! The uses of each function that takes a closure, by what that captures.

/// Of each use: a function, its handler, its task and its boxed future.
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

/// All of them, for one type of connection.
macro_rules! uses {
    ($pool:ty, $connection:ty) => {
        in_handlers! { $pool, $connection;
            async fn run_captures_nothing(conn, given) -> Answer {
                given
                    .policy
                    .run(conn, async |conn| {
                        let mut lamp = products::table.find(1).select(Product::as_select()).first(conn).await?;
                        lamp.name = "lamp".to_owned();
                        lamp.save_optimistic(conn).await?;
                        Ok(lamp.version)
                    })
                    .await
            }

            async fn run_captures_copies(conn, given) -> Answer {
                let (id, count) = (given.id, given.notes.len());
                RetryPolicy::new()
                    .run(conn, async move |conn| {
                        let mut lamp = products::table.find(id).select(Product::as_select()).first(conn).await?;
                        lamp.name = count.to_string();
                        lamp.save_optimistic(conn).await?;
                        Ok(lamp.version)
                    })
                    .await
            }

            async fn run_captures_locals_by_reference(conn, given) -> Answer {
                let (id, name, notes) = (given.id, given.name.clone(), given.notes.clone());
                let policy = RetryPolicy::new();
                let part = name.trim();
                policy
                    .run(conn, async |conn| {
                        let mut lamp = products::table.find(&id).select(Product::as_select()).first(conn).await?;
                        for note in &notes {
                            lamp.name = format!("{part}, {name}, {note}, {policy:?}");
                            lamp.save_optimistic(conn).await?;
                        }
                        Ok(lamp.version)
                    })
                    .await
            }

            async fn run_captures_arguments(conn, given) -> Answer {
                given
                    .policy
                    .run(conn, async |conn| {
                        let mut lamp =
                            products::table.find(given.id).select(Product::as_select()).first(conn).await?;
                        for note in &given.notes {
                            lamp.name = format!("{}, {note}", given.name);
                            lamp.save_optimistic(conn).await?;
                        }
                        Ok(lamp.version)
                    })
                    .await
            }

            async fn run_owns_what_it_lends(conn, given) -> Answer {
                let (name, notes) = (given.name.clone(), Arc::new(given.notes.clone()));
                let id = given.id;
                RetryPolicy::new()
                    .run(conn, async move |conn| {
                        let mut lamp = products::table.find(&id).select(Product::as_select()).first(conn).await?;
                        for note in &*notes {
                            lamp.name = format!("{name}, {note}");
                            lamp.save_optimistic(conn).await?;
                        }
                        Ok(lamp.version)
                    })
                    .await
            }

            async fn run_consumes_what_it_owns(conn, given) -> Answer {
                let name = given.name.clone();
                RetryPolicy::new()
                    .run(conn, async move |conn| {
                        let mut lamp = products::table.find(1).select(Product::as_select()).first(conn).await?;
                        lamp.name = name;
                        lamp.save_optimistic(conn).await?;
                        Ok(lamp.version)
                    })
                    .await
            }

            async fn run_changes_behind_a_mutex(conn, given) -> Answer {
                let mut seen = Vec::new();
                let calls = AtomicU32::new(0);
                let log = Mutex::new(&mut seen);
                let version = given.policy.run(conn, async |conn| {
                    calls.fetch_add(1, Relaxed);
                    let mut lamp = products::table.find(1).select(Product::as_select()).first(conn).await?;
                    log.lock().unwrap().push(lamp.version);
                    lamp.name.clone_from(&given.name);
                    lamp.save_optimistic(conn).await?;
                    Ok::<_, Error>(lamp.version)
                });
                let version = version.await?;
                assert_eq!((seen, calls.into_inner()), (vec![version - 1], 1));
                Ok(version)
            }

            async fn run_holds_a_lock_while_it_waits(conn, given) -> Answer {
                let mut lamp = products::table.find(given.id).select(Product::as_select()).first(conn).await?;
                let lent = tokio::sync::Mutex::new(&mut lamp);
                given.policy.run(conn, async |conn| lent.lock().await.save_optimistic(conn).await).await
                    .map_err(|error: Error| error)?;
                Ok(lamp.version)
            }

            async fn run_calls_what_is_dyn(conn, given) -> Answer {
                let listener: &(dyn Fn(&str) + Send + Sync) = &|name| assert!(!name.is_empty());
                given
                    .policy
                    .run(conn, async |conn| {
                        let mut lamp = products::table.find(1).select(Product::as_select()).first(conn).await?;
                        lamp.name.clone_from(&given.name);
                        lamp.save_optimistic(conn).await?;
                        listener(&lamp.name);
                        Ok(lamp.version)
                    })
                    .await
            }

            async fn run_fails_with_an_error_of_ones_own(conn, given) -> Answer {
                let saved: Answer<SaleError> = given.policy.run(conn, async |conn| {
                    if given.name.is_empty() {
                        return Err(SaleError::NoName);
                    }
                    let mut lamp = products::table.find(1).select(Product::as_select()).first(conn).await?;
                    lamp.save_optimistic(conn).await?;
                    Ok(lamp.version)
                })
                .await;
                Ok(saved?)
            }

            async fn run_fails_with_a_boxed_error(conn, given) -> Answer {
                let saved: Answer<Boxed> = given.policy.run(conn, async |conn| {
                    if given.name.is_empty() {
                        return Err("no name".into());
                    }
                    let mut lamp = products::table.find(1).select(Product::as_select()).first(conn).await?;
                    lamp.save_optimistic(conn).await?;
                    Ok(lamp.version)
                })
                .await;
                Ok(saved.unwrap())
            }

            async fn run_gives_back_what_is_borrowed(conn, given) -> Answer {
                let saved: Result<(i32, &str), Unwanted<'_>> = given.policy.run(conn, async |conn| {
                    if given.name.is_empty() {
                        return Err(Unwanted { name: &given.name, cause: None });
                    }
                    let mut lamp = products::table.find(1).select(Product::as_select()).first(conn).await?;
                    lamp.save_optimistic(conn).await?;
                    Ok((lamp.version, given.name.as_str()))
                })
                .await;
                match saved {
                    Ok((version, name)) => Ok(version + i32::from(name.is_empty())),
                    Err(unwanted) => panic!("{:?}, {:?}", unwanted.name, unwanted.cause),
                }
            }

            async fn run_in_a_loop_with_what_comes_in_it(conn, given) -> Answer {
                let mut version = 0;
                for note in &given.notes {
                    version = given.policy.run(conn, async |conn| {
                        let mut lamp = products::table.find(1).select(Product::as_select()).first(conn).await?;
                        lamp.name.clone_from(note);
                        lamp.save_optimistic(conn).await?;
                        Ok::<_, Error>(lamp.version)
                    })
                    .await?;
                }
                Ok(version)
            }

            async fn run_takes_a_function(conn, given) -> Answer {
                async fn rename(conn: &mut $connection) -> Answer {
                    let mut lamp = products::table.find(1).select(Product::as_select()).first(conn).await?;
                    lamp.save_optimistic(conn).await?;
                    Ok(lamp.version)
                }
                given.policy.run(conn, rename).await
            }

            async fn run_with_a_transaction_inside(conn, given) -> Answer {
                given
                    .policy
                    .run(conn, async |conn| {
                        let mut lamp = products::table.find(1).select(Product::as_select()).first(conn).await?;
                        let mut desk = products::table.find(2).select(Product::as_select()).first(conn).await?;
                        optimistic_transaction(conn, (&mut lamp, &mut desk), async |conn, (lamp, desk)| {
                            desk.name.clone_from(&lamp.name);
                            lamp.name.clone_from(&given.name);
                            lamp.save_optimistic(conn).await?;
                            desk.save_optimistic(conn).await?;
                            Ok(lamp.version)
                        })
                        .await
                    })
                    .await
            }

            async fn run_with_a_policy_whose_hooks_own(conn, given) -> Answer {
                let told = Arc::new(AtomicU32::new(0));
                let (counter, name) = (Arc::clone(&told), given.name.clone());
                let policy = given
                    .policy
                    .clone()
                    .observe(move |attempt| counter.store(attempt.number(), Relaxed))
                    .retry_if(move |error| error.is_stale() && !name.is_empty());
                let version = policy.run(conn, async |conn| {
                    let mut lamp = products::table.find(1).select(Product::as_select()).first(conn).await?;
                    lamp.name.clone_from(&given.name);
                    lamp.save_optimistic(conn).await?;
                    Ok::<_, Error>(lamp.version)
                });
                let version = version.await?;
                assert_eq!(AtomicU32::load(&told, Relaxed), 1);
                let modified = policy.modify(given.id, conn, |lamp: &mut Product| lamp.version = version);
                Ok(modified.await?.version)
            }

            async fn transaction_captures_nothing(conn, given) -> Answer {
                let mut lamp = products::table.find(given.id).select(Product::as_select()).first(conn).await?;
                optimistic_transaction(conn, &mut lamp, async |conn, lamp| {
                    lamp.save_optimistic(conn).await?;
                    Ok(lamp.version)
                })
                .await
            }

            async fn transaction_captures_by_reference(conn, given) -> Answer {
                let mut lamp = products::table.find(given.id).select(Product::as_select()).first(conn).await?;
                let mut desk = products::table.find(2).select(Product::as_select()).first(conn).await?;
                let name = given.name.clone();
                optimistic_transaction(conn, (&mut lamp, &mut desk), async |conn, (lamp, desk)| {
                    for note in &given.notes {
                        lamp.name = format!("{name}, {note}");
                        lamp.save_optimistic(conn).await?;
                    }
                    desk.name.clone_from(&given.name);
                    desk.save_optimistic(conn).await?;
                    Ok(lamp.version)
                })
                .await
            }

            async fn transaction_captures_by_mut(conn, given) -> Answer {
                let mut lamp = products::table.find(given.id).select(Product::as_select()).first(conn).await?;
                let (mut calls, mut seen) = (0, Vec::new());
                let version = optimistic_transaction(conn, &mut lamp, async |conn, lamp| {
                    calls += 1;
                    seen.push(lamp.version);
                    lamp.save_optimistic(conn).await?;
                    seen.push(lamp.version);
                    Ok::<_, Error>(lamp.version)
                });
                let version = version.await?;
                assert_eq!((calls, seen), (1, vec![version - 1, version]));
                Ok(version)
            }

            async fn transaction_owns_what_it_lends_or_consumes(conn, given) -> Answer {
                let mut lamp = products::table.find(given.id).select(Product::as_select()).first(conn).await?;
                let (name, notes) = (given.name.clone(), Arc::new(given.notes.clone()));
                optimistic_transaction(conn, &mut lamp, async move |conn, lamp| {
                    lamp.name = name;
                    for note in &*notes {
                        lamp.name.push_str(note);
                        lamp.save_optimistic(conn).await?;
                    }
                    Ok(lamp.version)
                })
                .await
            }

            async fn transaction_of_a_slice_and_a_tracked_value(conn, given) -> Answer {
                let select = Tracked::<Product>::as_select();
                let mut lamp = products::table.find(given.id).select(select).first(conn).await?;
                let mut desks = [products::table.find(2).select(Product::as_select()).first(conn).await?];
                optimistic_transaction(conn, (&mut lamp, &mut desks[..]), async |conn, (lamp, desks)| {
                    lamp.name.push_str(&given.name);
                    lamp.save_optimistic(conn).await?;
                    desks.save_all_optimistic(conn).await?;
                    Ok(lamp.version)
                })
                .await
            }

            async fn transaction_fails_with_an_error_of_ones_own(conn, given) -> Answer {
                let mut lamp = products::table.find(given.id).select(Product::as_select()).first(conn).await?;
                let saved: Answer<SaleError> = optimistic_transaction(conn, &mut lamp, async |conn, lamp| {
                    if given.name.is_empty() {
                        return Err(SaleError::NoName);
                    }
                    lamp.save_optimistic(conn).await?;
                    Ok(lamp.version)
                })
                .await;
                Ok(saved?)
            }

            async fn transaction_gives_back_what_is_borrowed_or_a_boxed_error(conn, given) -> Answer {
                let mut lamp = products::table.find(given.id).select(Product::as_select()).first(conn).await?;
                let saved: Result<(i32, &str), Boxed> =
                    optimistic_transaction(conn, &mut lamp, async |conn, lamp| {
                        if given.name.is_empty() {
                            return Err("no name".into());
                        }
                        lamp.save_optimistic(conn).await?;
                        Ok((lamp.version, given.name.as_str()))
                    })
                    .await;
                let (version, name) = saved.unwrap();
                assert!(!name.is_empty());
                Ok(version)
            }

            async fn transaction_within_another(conn, given) -> Answer {
                let mut lamp = products::table.find(given.id).select(Product::as_select()).first(conn).await?;
                let mut desk = products::table.find(2).select(Product::as_select()).first(conn).await?;
                let mut calls = 0;
                optimistic_transaction(conn, (&mut lamp, &mut desk), async |conn, (lamp, desk)| {
                    lamp.name.clone_from(&given.name);
                    lamp.save_optimistic(conn).await?;
                    optimistic_transaction(conn, desk, async |conn, desk| {
                        calls += 1;
                        desk.name.clone_from(&lamp.name);
                        desk.save_optimistic(conn).await
                    })
                    .await?;
                    Ok(lamp.version)
                })
                .await
            }

            async fn modify_captures_nothing(conn, given) -> Answer {
                let lamp = Product::modify_optimistic(given.id, conn, |lamp| lamp.name.clear()).await?;
                Ok(lamp.version)
            }

            async fn modify_captures_by_reference_and_by_mut(conn, given) -> Answer {
                let (mut calls, mut seen, id) = (0, Vec::new(), given.id);
                let modified = Product::modify_optimistic(&id, conn, |lamp| {
                    calls += 1;
                    seen.push(lamp.version);
                    lamp.name.clone_from(&given.name);
                });
                let version = modified.await?.version;
                assert_eq!((calls, seen), (1, vec![version - 1]));
                Ok(version)
            }

            async fn modify_with_a_policy(conn, given) -> Answer {
                let (mut calls, name) = (0, given.name.clone());
                let modified = given.policy.modify(given.id, conn, move |lamp: &mut Product| {
                    calls += 1;
                    lamp.name = format!("{name}, {calls}, {:?}", given.notes);
                });
                Ok(modified.await?.version)
            }

            async fn modify_fails_with_errors_of_ones_own(conn, given) -> Answer {
                let modified: Result<Product, SaleError> =
                    Product::modify_optimistic(given.id, conn, |lamp| {
                        lamp.name.clone_from(&given.name);
                        if given.name.is_empty() { Err(SaleError::NoName) } else { Ok(()) }
                    })
                    .await;
                modified?;
                let modified: Result<Product, Boxed> =
                    given.policy.modify(&given.id, conn, |lamp: &mut Product| {
                        lamp.name.clone_from(&given.name);
                        if given.name.is_empty() { Err("no name".into()) } else { Ok(()) }
                    })
                    .await;
                Ok(modified.unwrap().version)
            }

            async fn rebase_asks_a_closure_that_captures(conn, given) -> Answer {
                let select = Tracked::<Product>::as_select;
                let mut mine = products::table.find(given.id).select(select()).first(conn).await?;
                let mut theirs = products::table.find(given.id).select(select()).first(conn).await?;
                theirs.name.push('!');
                theirs.save_optimistic(conn).await?;
                mine.name.clone_from(&given.name);
                mine.name.push('?');
                let mut asked = Vec::new();
                let rebased = mine.rebase_with(conn, |field, _base, mine, _theirs| {
                    asked.push(field);
                    if mine.name.starts_with(&given.name) { Choice::Mine } else { Choice::Theirs }
                });
                rebased.await?;
                assert_eq!(asked, ["name"]);
                mine.save_optimistic(conn).await?;
                Ok(mine.version)
            }

            async fn conditions_and_changes_that_borrow(conn, given) -> Answer {
                let mut lamp = products::table.find(given.id).select(Product::as_select()).first(conn).await?;
                let nobody = String::from("nobody");
                lamp.save_optimistic_if(products::name.ne(&nobody), conn).await?;
                lamp.update_optimistic(products::name.eq(given.name.as_str()), conn).await?;
                Ok(lamp.version)
            }

            async fn generic_over_the_connection(conn, given) -> Answer {
                generic(conn, given).await
            }
        }
    };
}
