# shellcheck shell=bash disable=SC2034,SC2154 # the parts use one another
# What must be on the machine before cargo can build anything.

need_cargo() {
  [ ! -d "$HOME/.cargo/bin" ] || PATH=$PATH:$HOME/.cargo/bin
  have cargo || die "Rust is missing: no cargo on the PATH. Install a stable toolchain with rustup, then run this again."
  cargo --version >/dev/null || die "cargo is here but does not run: 'rustup default stable' gives it a toolchain."
}

# Some crates compile C (SQLite is one), and rustc itself links through cc.
need_c_compiler() {
  if have cc; then return; fi
  if have apt-get; then
    say "no C compiler: installing gcc"
    { as_root apt-get -q update && as_root apt-get -q -y --no-install-recommends install gcc libc6-dev; } </dev/null >&2 || true
  fi
  have cc || die "A C compiler is missing: no cc on the PATH. Install one (Debian: gcc and libc6-dev), then run this again."
}
