//! What MySQL and MariaDB alone have.

mod upserts;

use crate::cell;
use crate::scenarios::product;
