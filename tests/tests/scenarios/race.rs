//! Many threads, one row.

use std::sync::Barrier;

use super::cell::{block_on, connect, reload, save};
use super::product::load;

super::scenarios! {
    async fn two_thousand_increments_by_eight_threads_are_two_thousand(database) {
        const THREADS: usize = 8;
        const ROUNDS: usize = 250;
        let start = Barrier::new(THREADS);
        let conflicts: usize = std::thread::scope(|scope| {
            let worker = || {
                block_on(async {
                    let conn = &mut connect(database).await;
                    let mut product = load(1, conn).await;
                    start.wait();
                    let mut conflicts = 0;
                    for _ in 0..ROUNDS {
                        loop {
                            product.quantity += 1;
                            match save(&mut product, conn).await {
                                Ok(()) => break,
                                Err(error) if error.is_stale() => {
                                    conflicts += 1;
                                    reload(&mut product, conn).await.unwrap();
                                }
                                Err(error) => panic!("{error}"),
                            }
                        }
                    }
                    conflicts
                })
            };
            let workers: Vec<_> = (0..THREADS).map(|_| scope.spawn(worker)).collect();
            workers.into_iter().map(|worker| worker.join().unwrap()).sum()
        });
        let row = load(1, &mut connect(database).await).await;
        assert_eq!(row.quantity, 10 + 2000);
        assert_eq!(row.version, 1 + 2000);
        occ_tests::report::measured(format_args!("{conflicts} conflicts on the way to 2000 increments of one row"));
    }
}
