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

# diesel talks to MySQL through it.
need_mysql_client_library() {
  mysql_client_library() { { have pkg-config && pkg-config --exists libmariadb; } || have mysql_config; }
  if mysql_client_library; then return; fi
  if have apt-get; then
    say "no MySQL client library: installing libmariadb-dev"
    { as_root apt-get -q update && as_root apt-get -q -y --no-install-recommends install libmariadb-dev pkg-config; } </dev/null >&2 || true
  fi
  mysql_client_library || die "A MySQL client library is missing. Install one (Debian: libmariadb-dev and pkg-config), then run this again."
}
