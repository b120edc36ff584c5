//! Starting where one must not start.

use super::process::{Folder, Server};

#[test]
fn a_second_server_on_the_same_data_is_refused_by_name() {
    let folder = Folder::new("twice");
    let _server = Server::start(&folder.0, None);
    let second = std::process::Command::new(env!("CARGO_BIN_EXE_inlet"))
        .args(["--listen", "127.0.0.1:0", "--data"])
        .arg(&folder.0)
        .output()
        .unwrap();
    assert!(!second.status.success());
    assert!(String::from_utf8_lossy(&second.stderr).contains("in use by another Inlet"), "{second:?}");
}

#[test]
fn a_server_that_others_can_reach_needs_a_password() {
    let folder = Folder::new("reachable");
    let refused = std::process::Command::new(env!("CARGO_BIN_EXE_inlet"))
        .args(["--listen", "0.0.0.0:0", "--data"])
        .arg(&folder.0)
        .env_remove("INLET_ADMIN_PASSWORD")
        .output()
        .unwrap();
    assert!(!refused.status.success());
    assert!(String::from_utf8_lossy(&refused.stderr).contains("INLET_ADMIN_PASSWORD"), "{refused:?}");
}
