# shellcheck shell=bash disable=SC2034,SC2154 # the parts use one another
# The state file: `key=value` lines that say which servers run, where, and under which process id.

state_at() { # file
  state_file=$1
  case $state_file in /*) ;; *) state_file=$PWD/$state_file ;; esac
}
state_at "${ORM_SERVERS_STATE:-$root/target/servers}"

# One start or stop at a time. The folder itself is locked, so that no lock file stays behind.
state_lock() {
  mkdir -p "$(dirname "$state_file")"
  if have flock; then
    exec 9<"$(dirname "$state_file")"
    flock 9
  fi
}

state_unlock() {
  exec 9>&-
}

state_get() { # key
  [ ! -e "$state_file" ] || sed -n "s|^$1=||p" "$state_file"
}

state_put() { # key value
  state_drop "$1"
  printf '%s=%s\n' "$1" "$2" >>"$state_file"
}

# Drops every key that begins with the given text.
state_drop() { # prefix
  [ -e "$state_file" ] || return 0
  awk -v prefix="$1" 'index($0, prefix) != 1' "$state_file" >"$state_file.new"
  mv "$state_file.new" "$state_file"
}

# The folder that holds the data of this state's servers; made when it is first asked for.
state_folder() {
  local folder
  folder=$(state_get folder)
  if [ -z "$folder" ] || [ ! -d "$folder" ]; then
    folder=$(mktemp -d "$(scratch)/orm-servers.XXXXXX") || return
    state_put folder "$folder"
  fi
  printf '%s' "$folder"
}

# Data that nobody keeps belong in memory if there is plenty: tests that create tables all the time run twice as fast.
scratch() {
  local free
  if [ -z "${TMPDIR:-}" ] && [ -w /dev/shm ]; then
    free=$(df -Pk /dev/shm | awk 'NR == 2 { print $4 }')
    if [ "$free" -ge $((4 * 1024 * 1024)) ]; then
      echo /dev/shm
      return
    fi
  fi
  echo "${TMPDIR:-/tmp}"
}

state_remove() {
  local folder
  folder=$(state_get folder)
  case $folder in */orm-servers.*) rm -rf "$folder" ;; esac
  rm -f "$state_file"
}
