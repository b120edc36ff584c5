#!/usr/bin/env bash
# setup.sh        installs what a build needs and this machine lacks
# setup.sh check  also clippy and rustfmt
# setup.sh test   also what only the tests need: the clients of Flatfile, Chromium, PostgreSQL, Python
#
# It never asks, and takes a second when everything is there. What it may not install it names,
# with the one command that does.
set -euo pipefail
source "$(dirname "$0")/env.sh"
source "$root/tools/debian.sh"

need_compiler() {
  if command -v cc >/dev/null; then return 0; fi
  install_packages gcc libc6-dev || fail "there is no C compiler (SQLite is built with one). Install gcc or clang."
}

need_node() {
  local version
  if ! command -v npm >/dev/null; then
    install_packages nodejs npm || fail "there is no Node.js. Install Node.js 20 or later: https://nodejs.org"
  fi
  version=$(node --version | tr -d v)
  at_least 20 "$version" || fail "Node.js $version is too old. Install Node.js 20 or later: https://nodejs.org"
}

# Two ways to the browser's standard library: rustup has it ready; Debian's newer compiler
# (rustc-web, kept up for browsers) has its source.
need_rust() {
  if choose_rust; then return 0; fi
  if command -v rustup >/dev/null; then
    say "Rust: adding the target $wasm_target"
    if timeout 600 rustup target add "$wasm_target" && choose_rust; then return 0; fi
    if ! on_debian; then fail "rustup could not add the target. Run: rustup target add $wasm_target"; fi
  fi
  on_debian || fail "there is no Rust $(minimum_rust) or later with the target $wasm_target.
       Install it from https://rustup.rs, then run: rustup target add $wasm_target"
  say "Rust: Debian's rustc-web, and its standard library for the browser built from source (2 minutes)"
  install_packages rustc-web cargo-web rust-web-src libstd-rust-web-dev lld-22 \
    || fail "Rust for the browser is missing. Run: sudo tools/setup.sh"
  rust_fits /usr/bin/rustc || fail "Debian's rustc-web is $(/usr/bin/rustc --version), and Inlet needs $(minimum_rust).
       Run: apt-get update && apt-get install rustc-web cargo-web rust-web-src libstd-rust-web-dev"
  if ! rust_has_wasm /usr/bin/rustc; then build_wasm_library /usr/bin; fi
  choose_rust || fail "the library for $wasm_target was built and is not found. Please report this."
}

# need_npm_packages FOLDER...: those of the lock file there, when they are missing or of another one.
#
# Not `npm ci`: it refuses a lock file that lacks packages of other systems, as npm itself may write it.
need_npm_packages() {
  local folder name
  for folder; do
    if cmp -s "$folder/package-lock.json" "$folder/node_modules/.installed-lock.json"; then continue; fi
    name=${folder#"$root"}
    say "npm packages${name:+ of ${name#/}}"
    (cd "$folder" && npm install --no-save --ignore-scripts --no-audit --no-fund --loglevel=error) \
      || fail "npm could not install the packages of $folder/package-lock.json. Run there: npm install --no-save --ignore-scripts"
    cp "$folder/package-lock.json" "$folder/node_modules/.installed-lock.json"
  done
}

need_linters() {
  if ! cargo clippy --version >/dev/null 2>&1 || ! cargo fmt --version >/dev/null 2>&1; then
    say "Rust: clippy and rustfmt"
    case $(readlink -f "$(command -v rustc)") in
      /usr/bin/*) install_packages rust-web-clippy rustfmt-web && choose_rust ;;
      *) rustup component add clippy rustfmt ;;
    esac || fail "clippy or rustfmt is missing. Run: rustup component add clippy rustfmt (Debian: apt-get install rust-web-clippy rustfmt-web)"
  fi
}

need_test_tools() {
  # The published clients of Flatfile that the tests run.
  need_npm_packages "$root/examples/listener" "$root/end2end/clients"
  if ! find_chromium >/dev/null; then
    say "Chromium"
    install_packages chromium || fail "there is no Chromium for the end-to-end tests. Run: sudo apt-get install chromium, or set INLET_CHROMIUM to one."
  fi
  if ! find_postgres >/dev/null; then
    say "PostgreSQL"
    install_packages postgresql || fail "there are no PostgreSQL programs. Run: sudo apt-get install postgresql, or set INLET_POSTGRES_BIN to their folder."
  fi
  if ! command -v python3 >/dev/null; then
    install_packages python3 || fail "there is no Python for the generator of test files. Run: sudo apt-get install python3"
  fi
  if ! command -v ip >/dev/null; then install_packages iproute2 || true; fi
}

need_compiler
need_node
need_rust
need_npm_packages "$root"
case ${1:-} in
  check) need_linters ;;
  test) need_linters && need_test_tools ;;
esac
