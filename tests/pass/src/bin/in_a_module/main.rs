//! A function in a module brings that module's `main`.

mod orders;

use orders::main;
