# Sourced by setup.sh: what root on Debian can install, and the standard library for the browser.

on_debian() { [ -x /usr/bin/apt-get ] && [ "$(id -u)" = 0 ]; }

# install_packages NAME...: fails, with nothing said, where this is not root on Debian.
install_packages() {
  on_debian || return 1
  local log
  log=$(mktemp)
  say "installing $*"
  export DEBIAN_FRONTEND=noninteractive
  if ! apt-get install -y -q --no-install-recommends "$@" </dev/null >"$log" 2>&1; then
    # The lists may be missing or old.
    apt-get update -q </dev/null >/dev/null 2>&1 || true
    if ! apt-get install -y -q --no-install-recommends "$@" </dev/null >"$log" 2>&1; then
      tail -n 20 "$log" >&2
      return 1
    fi
  fi
  rm -f "$log"
}

# build_wasm_library FOLDER: builds the standard library for the browser with the compiler in FOLDER,
# and puts it where that compiler looks, so that a plain `cargo build --target` works from then on.
# The compiler calls its linker `rust-lld`; Debian names it by its version.
build_wasm_library() {
  local bin=$1 work sysroot host linker
  sysroot=$("$bin/rustc" --print sysroot)
  host=$("$bin/rustc" -vV | sed -n 's/^host: //p')
  linker=$(ls /usr/bin/lld-* 2>/dev/null | sort -V | tail -n 1)
  work=$(mktemp -d)
  mkdir -p "$work/src"
  echo > "$work/src/lib.rs"
  printf '[package]\nname = "probe"\nversion = "0.0.0"\nedition = "2024"\n[workspace]\n' > "$work/Cargo.toml"
  (
    cd "$work"
    export PATH=$bin:$PATH RUSTC_BOOTSTRAP=1 CARGO_TARGET_DIR=$work/target
    cargo build --release --quiet -Z build-std=std,panic_abort,proc_macro --target "$wasm_target"
  ) || fail "the standard library for $wasm_target could not be built from rust-web-src."
  rm -f "$work/target/$wasm_target/release/deps"/libprobe-*
  mkdir -p "$sysroot/lib/rustlib/$host/bin" "$work/lib"
  cp "$work/target/$wasm_target/release/deps"/lib*.rlib "$work/lib/"
  ln -sfn "$linker" "$sysroot/lib/rustlib/$host/bin/rust-lld"
  rm -rf "$sysroot/lib/rustlib/$wasm_target"
  mkdir -p "$sysroot/lib/rustlib/$wasm_target"
  mv "$work/lib" "$sysroot/lib/rustlib/$wasm_target/lib"
  rm -rf "$work"
}
