mod inner;

use inner::main;
