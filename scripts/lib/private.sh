# shellcheck shell=bash disable=SC2034,SC2154 # the parts use one another
# Private servers: own data folder, own free port on loopback, ended by their own process id.

# Loads the accounts of user12.sql, so that URLs with a password can be tried too.
accounts=$root/scripts/lib/user12.sql

# Starts $binary (set by find_installed or find_unpacked) as the server `name`, and records it.
start_private() { # name
  local name=$1 folder attempt
  folder=$(state_folder)/$name && rm -rf "$folder" && mkdir -p "$folder"/{files,tmp} ||
    because "no folder for its data" || return
  say "$name: preparing a data folder for $binary"
  if ! "${name}_initialize" "$folder" >"$folder/log" 2>&1; then
    tail -n 15 "$folder/log" >&2
    because "$binary could not make a data folder" || return
  fi
  # Somebody else may take a port between looking and binding.
  for attempt in 1 2 3; do
    if launch "$name" "$folder"; then return; fi
    say "$name: attempt $attempt to start $binary failed"
  done
  tail -n 15 "$folder/log" >&2
  because "$binary does not start"
}

launch() { # name folder
  local name=$1 port pid
  port=$(free_port)
  "${name}_options" "$2"
  options+=(--init-file="$accounts" --innodb-doublewrite=OFF --innodb-flush-log-at-trx-commit=2 --sync-binlog=0
    --skip-log-bin)
  spawn "$name" "$2" "$port"
  if answers "$name" "$pid"; then
    say "$name: ready on port $port, process $pid"
  else
    forget "$name"
    return 1
  fi
}

# Starts $binary with $options, records it, and sets $pid; whether it answers is to be seen.
spawn() { # name folder port
  local folder=$2
  detached "$folder/log" "$binary" "${options[@]}" --bind-address=127.0.0.1 --port="$3" --socket="$folder/socket" \
    --pid-file="$folder/pid" --datadir="$folder/data" --tmpdir="$folder/tmp" --secure-file-priv="$folder/files" \
    --max-connections=500 --innodb-buffer-pool-size=64M
  state_put "$1.pid" "$pid"
  state_put "$1.url" "mysql://root@127.0.0.1:$3/"
}

# Starts a program that outlives this script, and sets $pid.
detached() { # log command
  local log=$1 detach=nohup
  shift
  if have setsid; then detach=setsid; fi
  # Nothing of the caller stays open in the server: `$(scripts/servers start)` would wait for it for ever.
  "$detach" "$@" </dev/null >>"$log" 2>&1 9>&- &
  pid=$!
  # The shell would report how it ends.
  disown "$pid"
}

# Waits until the server executes statements, at most a minute, and no longer than it lives.
# Without any client program, its greeting must do.
answers() { # name pid
  local deadline=$((SECONDS + 60)) url ask=selected_version
  url=$(state_get "$1.url")
  if [ -z "$(clients)" ]; then ask=server_version; fi
  while [ $SECONDS -lt $deadline ] && kill -0 "$2" 2>/dev/null; do
    if "$ask" "$url" >/dev/null; then return; fi
    sleep 0.1
  done
  return 1
}

# A port that nobody listens on, below the range that outgoing connections are given theirs from.
free_port() {
  local port
  while :; do
    port=$((20000 + RANDOM % 10000))
    if ! (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; then break; fi
  done
  echo "$port"
}

# Process ids are used again: it is ours only if its command line names our folder. (A dead one that nobody has
# waited for has no command line.)
is_ours() { # name pid
  local line
  line=$({ tr '\0' ' ' <"/proc/$2/cmdline" || ps -ww -o args= -p "$2"; } 2>/dev/null || true)
  case $line in *"=$(state_get folder)/$1/"*) ;; *) return 1 ;; esac
}

# Sends a signal that ends a process, and waits for its end, at most half a minute.
end_process() { # name pid signal
  local deadline=$((SECONDS + 30))
  kill -"$3" "$2"
  while is_ours "$1" "$2"; do
    [ $SECONDS -lt $deadline ] || die "$1: process $2 does not end"
    sleep 0.05
  done
}

alive() { # name
  local pid
  if [ "$(state_get "$1.kind")" = compose ]; then
    server_version "$(state_get "$1.url")" >/dev/null
  else
    pid=$(state_get "$1.pid")
    [ -n "$pid" ] && is_ours "$1" "$pid" && server_version "$(state_get "$1.url")" >/dev/null
  fi
}

# Ends the recorded server `name`, if there is one, and drops its record and its data.
forget() { # name
  local name=$1 pid
  if [ "$(state_get "$name.kind")" = compose ]; then stop_compose "$name"; fi
  pid=$(state_get "$name.pid")
  if [ -n "$pid" ] && is_ours "$name" "$pid"; then
    # The data are thrown away, so there is nothing to shut down in order, and a frozen server ends like any other.
    end_process "$name" "$pid" KILL
    say "$name: process $pid has ended"
  fi
  state_drop "$name."
}
