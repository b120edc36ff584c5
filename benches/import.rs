//! What an import costs beside a bare insert of the same rows.

fn main() {}
