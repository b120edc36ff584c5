# Sourced by every script here: which Rust builds both halves, and where builds go.
#
#   INLET_TARGET        folder of the builds (default: target, in the checkout)
#   INLET_FRONT_TARGET  folder of the browser half's build (default: $INLET_TARGET/front, as cargo-leptos has it)

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
wasm_target=wasm32-unknown-unknown

INLET_TARGET=${INLET_TARGET:-$root/target}
INLET_FRONT_TARGET=${INLET_FRONT_TARGET:-$INLET_TARGET/front}
if [ "${INLET_TARGET:0:1}${INLET_FRONT_TARGET:0:1}" != // ]; then
  echo "error: INLET_TARGET and INLET_FRONT_TARGET must be absolute paths" >&2
  exit 1
fi
export INLET_TARGET INLET_FRONT_TARGET
export CARGO_TARGET_DIR=$INLET_TARGET
# The server half embeds this folder, so it stays in the checkout wherever the builds go.
site=$root/target/site
server_binary=$INLET_TARGET/debug/inlet

say() { printf '\033[1m%s\033[0m\n' "$*"; }
fail() { printf 'error: %s\n' "$*" >&2; exit 1; }
# The lowest Rust that Cargo.toml accepts.
minimum_rust() { sed -n 's/^rust-version = "\(.*\)"/\1/p' "$root/Cargo.toml"; }
at_least() { [ "$(printf '%s\n%s\n' "$1" "$2" | sort -V | head -n 1)" = "$1" ]; }

# rust_fits RUSTC: it is new enough to build Inlet.
rust_fits() {
  local version
  version=$("$1" --version 2>/dev/null | awk '{print $2}') && [ -n "$version" ] && at_least "$(minimum_rust)" "$version"
}
# rust_has_wasm RUSTC: its standard library for the browser is there.
rust_has_wasm() {
  local sysroot
  sysroot=$("$1" --print sysroot 2>/dev/null) && compgen -G "$sysroot/lib/rustlib/$wasm_target/lib/libstd-*.rlib" >/dev/null
}

# One compiler builds both halves: the first that fits and has the browser's library. When it is not
# the first on PATH, it is put there by links, so that nothing else of its folder comes first with it.
choose_rust() {
  local rustc folder tool
  while read -r rustc; do
    if [ -x "$rustc" ] && rust_fits "$rustc" && rust_has_wasm "$rustc"; then
      if [ "$rustc" = "$(command -v rustc || true)" ]; then return 0; fi
      folder=$(dirname "$rustc")
      mkdir -p "$INLET_TARGET/rust-bin"
      for tool in cargo rustc rustdoc rustfmt cargo-fmt cargo-clippy clippy-driver; do
        rm -f "$INLET_TARGET/rust-bin/$tool"
        if [ -x "$folder/$tool" ]; then ln -s "$folder/$tool" "$INLET_TARGET/rust-bin/$tool"; fi
      done
      PATH=$INLET_TARGET/rust-bin:$PATH
      return 0
    fi
  done < <(type -aP rustc || true; echo /usr/bin/rustc)
  return 1
}

# Cargo notices when an embedded file changes, but not when one is new or gone: src/main.rs reads this.
export_site_files() {
  INLET_SITE_FILES=$( (cd "$site" 2>/dev/null && find . -type f | LC_ALL=C sort) | cksum | cut -d ' ' -f 1)
  export INLET_SITE_FILES
}

# The programs that only the tests need; each prints where it is, or fails.
find_chromium() {
  local name
  if [ -n "${INLET_CHROMIUM:-}" ]; then echo "$INLET_CHROMIUM"; return 0; fi
  for name in chromium chromium-browser google-chrome-stable google-chrome; do
    if command -v "$name"; then return 0; fi
  done
  return 1
}
find_postgres() {
  local folder
  if [ -n "${INLET_POSTGRES_BIN:-}" ]; then echo "$INLET_POSTGRES_BIN"; return 0; fi
  folder=$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -n 1)
  if [ -z "$folder" ] && command -v initdb >/dev/null; then folder=$(dirname "$(readlink -f "$(command -v initdb)")"); fi
  [ -x "$folder/initdb" ] && echo "$folder"
}
