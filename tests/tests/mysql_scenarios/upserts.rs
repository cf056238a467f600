//! `bump_version` in `ON DUPLICATE KEY UPDATE`.

crate::scenarios::upserts::upserts!(diesel::dsl::DuplicatedKeys);
