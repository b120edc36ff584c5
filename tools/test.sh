#!/usr/bin/env bash
# test.sh          every test that CI runs
# test.sh all      the long ones too
# test.sh check    format and lints only
#
# Goes on after a part that failed, so that one run shows all there is to mend; a table at the end
# says which parts failed and how long each took.
set -uo pipefail
source "$(dirname "$0")/env.sh"

cd "$root" || exit 1
mode=${1:-short}
table=()
failed=0

# part NAME COMMAND...
part() {
  local name=$1 start=$SECONDS result=ok
  shift
  say "── $name"
  "$@" || { result=FAILED; failed=1; }
  table+=("$(printf '%-24s %-7s %4d s' "$name" "$result" $((SECONDS - start)))")
  [ "$result" = ok ]
}

finish() {
  say "── parts"
  printf '%s\n' "${table[@]}"
  printf '%-24s %-7s %4d s\n' total '' "$SECONDS"
  exit "$failed"
}

# Never with --workspace: the packages' dependencies would be joined, and everything built once more.
clippy_server() { cargo clippy --all-targets --no-default-features --features ssr -- -D warnings; }
# In the profile of the real build, so that what runs on the building machine is compiled once.
clippy_browser() (
  export CARGO_TARGET_DIR=$INLET_FRONT_TARGET
  cargo clippy --lib --no-default-features --features hydrate --target "$wasm_target" --profile wasm-release \
    -- -D warnings
)

rust_tests() {
  local more=()
  if [ "$mode" = all ]; then
    more=(-- --include-ignored)
    # Twenty times as many random stories of a sheet.
    export INLET_TEST_STORIES=20
  fi
  export_site_files
  tools/postgres.sh cargo test --no-default-features --features ssr "${more[@]}"
}

# end_to_end PROJECT: the pages, or the published clients of Flatfile.
end_to_end() (
  export INLET_BINARY=$server_binary INLET_CHROMIUM INLET_CLIENTS_TABLE=
  INLET_CHROMIUM=$(find_chromium) || fail "there is no Chromium. Run: tools/setup.sh test"
  if [ "$1" = clients ]; then INLET_CLIENTS_TABLE=1; fi
  cd end2end && ../node_modules/.bin/playwright test --project "$1"
)

needs=test
if [ "$mode" = check ]; then needs=check; fi
part "set-up" tools/setup.sh "$needs" || finish
choose_rust
part "format" cargo fmt --all --check
if [ "$mode" != check ]; then part "build" tools/build.sh || finish; fi
part "clippy, server half" clippy_server
part "clippy, browser half" clippy_browser
if [ "$mode" = check ]; then finish; fi
part "Rust tests" rust_tests
if [ "$mode" = all ]; then part "schemathesis" tools/schemathesis.sh; fi
part "first visit" node tools/sizes.mjs "$server_binary"
part "without a network" tools/offline.sh "$server_binary"
part "end to end" end_to_end pages
part "clients of Flatfile" end_to_end clients
finish
