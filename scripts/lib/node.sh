# shellcheck shell=bash disable=SC2034,SC2154 # the parts use one another
# Nodes of a cluster: private servers that keep their port and data when they end. Node 2 of `group` is `group-2`.

cluster_of() { printf '%s' "${1%-*}"; } # node
number_of() { printf '%s' "${1##*-}"; } # node

# Executes statements on a node as root, with the client that its cluster was started with.
sql() { # node seconds statements options
  execute "$(state_get "$(cluster_of "$1").client")" "$(state_get "$1.url")" "${@:2}"
}

# The first value that a query gives, or nothing.
value() { # node query
  sql "$1" 10 "$2" --skip-column-names 2>/dev/null || true
}

# Tries a command four times a second until it succeeds.
within() { # seconds command
  local deadline=$((SECONDS + $1))
  until "${@:2}"; do
    [ $SECONDS -lt "$deadline" ] || return
    sleep 0.25
  done
}

# A free port that none of our nodes has, be it alive or not.
node_port() {
  local port
  while :; do
    port=$(free_port)
    if ! grep -q "=$port\$" "$state_file"; then break; fi
  done
  echo "$port"
}

# Its process, if that is alive.
node_pid() { # node
  local pid
  pid=$(state_get "$1.pid")
  [ -n "$pid" ] && is_ours "$1" "$pid" && printf '%s' "$pid"
}

frozen() { # pid
  case $(ps -o stat= -p "$1" 2>/dev/null) in T*) ;; *) return 1 ;; esac
}

# Alive, and able to answer.
awake() { # node
  local pid
  pid=$(node_pid "$1") && ! frozen "$pid"
}

# A node with a copy of the prepared data, and ports.
make_node() { # node
  local folder
  folder=$(state_get folder)/$1
  rm -rf "$folder" && mkdir -p "$folder"/{files,tmp} && cp -R "$template/data" "$folder/data" || return
  # Here a server keeps its identity; it makes a new one.
  rm -f "$folder/data/auto.cnf"
  state_put "$1.port" "$(node_port)"
}

# Starts the program of a node on its port and data, and sets $pid.
spawn_node() { # node
  local node=$1 cluster folder
  cluster=$(cluster_of "$node")
  if [ "$(shape_of "$cluster")" = router ]; then
    router_spawn "$node"
    return
  fi
  folder=$(state_get folder)/$node
  # A server that was killed leaves its lock. As long as nobody has waited for its process, the next one takes it for alive.
  rm -f "$folder/socket" "$folder/socket.lock"
  binary=$(state_get "$cluster.binary")
  prefix=$(state_get "$cluster.prefix")
  "$(server_of "$cluster")_options" "$folder"
  options+=(--server-id="$(number_of "$node")" --innodb-flush-log-at-trx-commit=1 --sync-binlog=1)
  "$(shape_of "$cluster")_options" "$node"
  spawn "$node" "$folder" "$(state_get "$node.port")"
}

need_pid() { # node
  node_pid "$1" || die "$1 does not run"
}

kill_node() { # node
  local pid
  pid=$(need_pid "$1")
  end_process "$1" "$pid" KILL
  say "$1: process $pid is killed"
}

freeze_node() { # node
  local pid
  pid=$(need_pid "$1")
  kill -STOP "$pid"
  within 10 frozen "$pid" || die "$1: process $pid does not stop"
  say "$1: process $pid is frozen"
}

thaw_node() { # node
  local pid
  pid=$(need_pid "$1")
  kill -CONT "$pid"
  say "$1: process $pid goes on"
}

restart_node() { # node
  local pid
  if pid=$(node_pid "$1"); then
    ! frozen "$pid" || die "$1: process $pid is frozen; thaw or kill it first"
    end_process "$1" "$pid" TERM
  fi
  state_lock
  spawn_node "$1"
  state_unlock
  if ! answers "$1" "$pid"; then
    tail -n 15 "$(state_get folder)/$1/log" >&2
    die "$1 does not start"
  fi
  "$(shape_of "$(cluster_of "$1")")_return" "$1"
  say "$1: ready on port $(state_get "$1.port"), process $pid"
}

# One line: port, process, role, state.
describe() { # node
  local pid what
  if ! pid=$(node_pid "$1"); then
    pid=- what='- dead'
  elif frozen "$pid"; then
    what='- frozen'
  else
    what=$("$(shape_of "$(cluster_of "$1")")_role" "$1")
  fi
  printf '%s %s port %s pid %s %s\n' "$(cluster_of "$1")" "$(number_of "$1")" "$(state_get "$1.port")" "$pid" \
    "${what:-- unreachable}"
}
