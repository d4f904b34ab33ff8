# shellcheck shell=bash disable=SC2034,SC2154 # the parts use one another
# Words on stderr, and the reasons why a server could not be had.

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)

say() { printf '%s\n' "$*" >&2; }

die() {
  say "$@"
  exit 1
}

have() { command -v "$1" >/dev/null 2>&1; }

# Every way that fails leaves its reason here; a failed way is no error as long as another one works.
why=()
reset_reasons() { why=(); }

because() {
  why+=("$*")
  return 1
}

reasons() {
  local all
  all=$(printf '; %s' "${why[@]}")
  printf '%s' "${all:2}"
}

# Runs a command for at most so many seconds, where the system has a program for that.
limit() { # seconds command
  if have timeout; then
    timeout "$@"
  else
    shift
    "$@"
  fi
}

# Runs a command as root, where that is possible without asking anybody.
as_root() {
  if [ "$(id -u)" -eq 0 ]; then
    "$@"
  elif have sudo && sudo -n true 2>/dev/null; then
    sudo -n "$@"
  else
    return 1
  fi
}
