#![doc = include_str!("../README.md")]
#![allow(clippy::expect_used, reason = "without a database there is nothing to check")]

pub mod broken;
pub mod cells;
pub mod check;
pub mod fault;
pub mod log;
pub mod matrix;
pub mod proxy;
pub mod row;
pub mod run;
pub mod shrink;
pub mod workload;
