//! Uses of `optimistic_transaction`, by what is captured.

macro_rules! transactions {
    ($pool:ty, $connection:ty) => {
        in_handlers! { $pool, $connection;
            async fn captures_nothing(conn, given) -> Answer {
                let mut lamp = products::table.find(given.id).select(Product::as_select()).first(conn).await?;
                optimistic_transaction(conn, &mut lamp, async |conn, lamp| {
                    lamp.save_optimistic(conn).await?;
                    Ok(lamp.version)
                })
                .await
            }

            async fn captures_by_reference(conn, given) -> Answer {
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

            async fn captures_by_mut(conn, given) -> Answer {
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

            async fn owns_what_it_lends_or_consumes(conn, given) -> Answer {
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

            async fn of_a_slice_and_a_tracked_value(conn, given) -> Answer {
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

            async fn of_a_root_by_reference(conn, given) -> Answer {
                let mut lamp = products::table.find(given.id).select(Product::as_select()).first(conn).await?;
                lamp.with_children(conn, async |conn| {
                    for note in &given.notes {
                        let named = diesel::update(products::table.find(2)).set(products::name.eq(note));
                        named.execute(conn).await?;
                    }
                    Ok::<_, Error>(())
                })
                .await?;
                Ok(lamp.version)
            }

            async fn of_a_tracked_root_and_its_children_by_mut(conn, given) -> Answer {
                let select = Tracked::<Product>::as_select();
                let mut lamp = products::table.find(given.id).select(select).first(conn).await?;
                let mut desks = vec![products::table.find(2).select(Product::as_select()).first(conn).await?];
                let (mut calls, name) = (0, given.name.clone());
                lamp.name.push_str(&given.name);
                let saved: Answer<Boxed> = lamp
                    .with_these_children(conn, &mut desks, async |conn, lamp, desks| {
                        calls += 1;
                        desks[0].name.clone_from(&name);
                        desks[0].save_optimistic(conn).await?;
                        Ok(lamp.version)
                    })
                    .await;
                assert_eq!(calls, 1);
                saved.map_err(|error| *error.downcast::<Error>().unwrap())
            }

            async fn fails_with_an_error_of_ones_own(conn, given) -> Answer {
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

            async fn gives_back_what_is_borrowed_or_a_boxed_error(conn, given) -> Answer {
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

            async fn within_another(conn, given) -> Answer {
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
        }
    };
}
