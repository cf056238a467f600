//! Saves that merge: the names for both modes.

/// Adds `save_merging` to a cell, and its likes: `_with` asks, `_by` has a policy.
#[macro_export]
macro_rules! save_merging {
    ($tracked:ident, $retry:ident, $saves:ident, $reloads:ident $(, $await:ident, $send:ident)?) => {
        #[allow(dead_code, reason = "not every target merges")]
        pub async fn save_merging<M>(
            model: &mut occ_runtime::Tracked<M>,
            conn: &mut Conn,
        ) -> Result<occ_runtime::conflict::Saved, Error>
        where
            M: occ_runtime::Trackable + occ_runtime::$saves<Conn> + occ_runtime::$reloads<Conn>,
        {
            $crate::watched::model::<M>();
            occ_runtime::$tracked::save_merging(model, conn)$(.$await)?
        }

        #[allow(dead_code, reason = "not every target merges")]
        pub async fn save_merging_with<M, F>(
            model: &mut occ_runtime::Tracked<M>,
            choose: F,
            conn: &mut Conn,
        ) -> Result<occ_runtime::conflict::Saved, Error>
        where
            M: occ_runtime::Trackable + occ_runtime::$saves<Conn> + occ_runtime::$reloads<Conn>,
            F: FnMut(&'static str, &M, &M, &M) -> occ_runtime::Choice<M> $(+ $send)?,
        {
            $crate::watched::model::<M>();
            occ_runtime::$tracked::save_merging_with(model, choose, conn)$(.$await)?
        }

        #[allow(dead_code, reason = "not every target merges")]
        pub async fn save_merging_by<M>(
            policy: &RetryPolicy,
            model: &mut occ_runtime::Tracked<M>,
            conn: &mut Conn,
        ) -> Result<occ_runtime::conflict::Saved, Error>
        where
            M: occ_runtime::Trackable + occ_runtime::$saves<Conn> + occ_runtime::$reloads<Conn>,
        {
            $crate::watched::model::<M>();
            occ_runtime::$retry::save_merging(policy, model, conn)$(.$await)?
        }

        #[allow(dead_code, reason = "not every target merges")]
        pub async fn save_merging_by_with<M, F>(
            policy: &RetryPolicy,
            model: &mut occ_runtime::Tracked<M>,
            choose: F,
            conn: &mut Conn,
        ) -> Result<occ_runtime::conflict::Saved, Error>
        where
            M: occ_runtime::Trackable + occ_runtime::$saves<Conn> + occ_runtime::$reloads<Conn>,
            F: FnMut(&'static str, &M, &M, &M) -> occ_runtime::Choice<M> $(+ $send)?,
        {
            $crate::watched::model::<M>();
            occ_runtime::$retry::save_merging_with(policy, model, choose, conn)$(.$await)?
        }
    };
}
