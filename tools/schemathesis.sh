#!/usr/bin/env bash
# schemathesis.sh [SECONDS [SEED]]   asks a debug server with fresh data what its OpenAPI document allows and what it
#                                    does not, and fails when an answer is not as the document says
#
# The seed of a run that failed is in its output; the same seed asks the same again.
set -euo pipefail
source "$(dirname "$0")/env.sh"

# Apart from the Rust builds, so that its packages stay when those are removed.
venv=$root/target/schemathesis-venv
wanted=$root/tools/schemathesis.txt
if ! cmp -s "$wanted" "$venv/installed.txt"; then
  say "schemathesis: its packages"
  rm -rf "$venv"
  python3 -m venv "$venv" || fail "Python cannot make a virtual environment. Run: sudo apt-get install python3-venv"
  "$venv/bin/pip" install --quiet --disable-pip-version-check -r "$wanted" \
    || fail "pip could not install what tools/schemathesis.txt names"
  cp "$wanted" "$venv/installed.txt"
fi
exec node "$root/tools/schemathesis.mjs" "$venv/bin/schemathesis" "$server_binary" "${1:-150}" "${2:-$RANDOM}"
