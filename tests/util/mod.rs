//! What tests of the whole server share.

pub mod test_app;
