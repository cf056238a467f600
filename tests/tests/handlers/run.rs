//! Uses of `RetryPolicy::run`, by what is captured.

macro_rules! runs {
    ($pool:ty, $connection:ty) => {
        in_handlers! { $pool, $connection;
            async fn captures_nothing(conn, given) -> Answer {
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

            async fn captures_copies(conn, given) -> Answer {
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

            async fn captures_locals_by_reference(conn, given) -> Answer {
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

            async fn captures_arguments(conn, given) -> Answer {
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

            async fn owns_what_it_lends(conn, given) -> Answer {
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

            async fn consumes_what_it_owns(conn, given) -> Answer {
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

            async fn changes_behind_a_mutex(conn, given) -> Answer {
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

            async fn holds_a_lock_while_it_waits(conn, given) -> Answer {
                let mut lamp = products::table.find(given.id).select(Product::as_select()).first(conn).await?;
                let lent = tokio::sync::Mutex::new(&mut lamp);
                given.policy.run(conn, async |conn| lent.lock().await.save_optimistic(conn).await).await
                    .map_err(|error: Error| error)?;
                Ok(lamp.version)
            }

            async fn calls_what_is_dyn(conn, given) -> Answer {
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

            async fn fails_with_an_error_of_ones_own(conn, given) -> Answer {
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

            async fn fails_with_a_boxed_error(conn, given) -> Answer {
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

            async fn gives_back_what_is_borrowed(conn, given) -> Answer {
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

            async fn in_a_loop_with_what_comes_in_it(conn, given) -> Answer {
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

            async fn takes_a_function(conn, given) -> Answer {
                async fn rename(conn: &mut $connection) -> Answer {
                    let mut lamp = products::table.find(1).select(Product::as_select()).first(conn).await?;
                    lamp.save_optimistic(conn).await?;
                    Ok(lamp.version)
                }
                given.policy.run(conn, rename).await
            }

            async fn with_a_transaction_inside(conn, given) -> Answer {
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

            async fn with_a_policy_whose_hooks_own(conn, given) -> Answer {
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
        }
    };
}
