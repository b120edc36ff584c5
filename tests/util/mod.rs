//! What tests of the whole server share.

pub mod postgres;
pub mod test_app;
