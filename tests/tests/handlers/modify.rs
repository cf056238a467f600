//! Uses of `modify`, `rebase_with`, and conditions and changes that borrow, by what is captured.

macro_rules! modifications {
    ($pool:ty, $connection:ty) => {
        in_handlers! { $pool, $connection;
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
