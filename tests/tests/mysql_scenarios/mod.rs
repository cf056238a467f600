//! What MySQL and MariaDB alone have.

mod decimals;

use crate::cell;
use crate::scenarios::scenarios;
