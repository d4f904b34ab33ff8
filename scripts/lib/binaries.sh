# shellcheck shell=bash disable=SC2034,SC2154 # the parts use one another
# Server and client programs: on this machine, or unpacked in the cache by an earlier run.

cache=${XDG_CACHE_HOME:-$HOME/.cache}/orm-test-servers

# Where the packages of one server are unpacked.
unpacked() { # name
  printf '%s/%s' "$cache" "$1"
}

# Servers live in folders that are not on every PATH.
search_path=$PATH:/usr/sbin:/usr/local/sbin:/usr/libexec:/usr/local/mysql/bin:/opt/homebrew/bin

# Both set $binary to a server program, and $prefix to the folder it was unpacked in (empty for an installed one).
find_installed() { # name
  local program
  program=$("${1}_program")
  binary=$(PATH=$search_path type -P "$program") || because "no $program is installed" || return
  prefix=
  "${1}_accepts" "$("$binary" --version 2>/dev/null)" || because "$binary is not what the tests need"
}

find_unpacked() { # name
  prefix=$(unpacked "$1")
  for binary in "$prefix/usr"/{sbin,bin}/"$("${1}_program")"; do
    if [ -x "$binary" ]; then return; fi
  done
  return 1
}

# Client programs, one a line, best first.
clients() {
  local client
  for client in "$(unpacked mysql)/usr/bin/mysql" "$(unpacked mariadb)/usr/bin/mariadb" mysql mariadb; do
    if have "$client"; then echo "$client"; fi
  done
}
