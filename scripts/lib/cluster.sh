# shellcheck shell=bash disable=SC2034,SC2154 # the parts use one another
# Clusters: which there are, and how one is put together from nodes. What a shape (lone, replication, group, galera) adds
# are functions: _prepare before the first node starts, _options for a node's program, _connect for a new cluster, _return
# for a node that was started again, _whole, and _role, which prints a node's role and state.

clusters='group router galera mysql mariadb lone-mysql lone-mariadb'

server_of() { # cluster
  case $1 in galera | *mariadb) echo mariadb ;; router) echo router ;; *) echo mysql ;; esac
}

shape_of() { # cluster
  case $1 in group | galera | router) echo "$1" ;; lone-*) echo lone ;; *) echo replication ;; esac
}

cluster_variable() { # cluster
  case $1 in
    group) echo GROUP_URLS ;;
    galera) echo GALERA_URLS ;;
    router) echo ROUTER_URL ;;
    mysql) echo MYSQL_REPLICATION ;;
    mariadb) echo MARIADB_REPLICATION ;;
    lone-mysql) echo LONE_MYSQL_URL ;;
    lone-mariadb) echo LONE_MARIADB_URL ;;
  esac
}

need_clusters() { # names
  local name
  for name in "$@"; do
    case " $clusters " in *" $name "*) ;; *) die "no cluster is called '$name': $clusters" ;; esac
  done
}

need_node() { # cluster number
  need_clusters "$1"
  recorded "$1" || die "$1 is not started"
  case " $(nodes "$1" | tr '\n' ' ')" in *" $1-$2 "*) ;; *) die "$1 has no node '$2'" ;; esac
}

nodes() { # cluster
  local number
  for number in 1 2 3; do
    printf '%s-%s\n' "$1" "$number"
    case $(shape_of "$1") in lone | router) break ;; esac
  done
}

recorded() { # cluster
  [ -n "$(state_get "$1.binary")" ]
}

cluster_urls() { # cluster
  local node urls=
  for node in $(nodes "$1"); do urls+=,$(state_get "$node.url"); done
  printf '%s' "${urls#,}"
}

# Every node runs in its place.
whole() { # cluster
  local node
  recorded "$1" || return
  for node in $(nodes "$1"); do
    awake "$node" && "$(shape_of "$1")_whole" "$node" || return
  done
}

# Gives a cluster with the first server program that can do it. What is left of a broken one is removed.
provide() { # cluster
  local cluster=$1 server
  server=$(server_of "$cluster")
  reset_reasons
  if whole "$cluster"; then
    say "$cluster: still running"
    return
  fi
  remove_cluster "$cluster"
  if [ "$cluster" = router ]; then
    provide group || return
  fi
  { find_installed "$server" && build "$cluster"; } ||
    { { find_unpacked "$server" || fetch_server "$server"; } && build "$cluster"; }
}

fetch_server() { # server
  unpack_debian "$1" && find_unpacked "$1" || because "Debian's packages could not be fetched"
}

# Somebody else may take a port between looking and binding, so there is a second attempt.
build() { # cluster; $binary and $prefix say with which program
  local attempt node
  for attempt in 1 2; do
    if assemble "$1"; then
      say "$1: ready"
      return
    fi
    say "$1: attempt $attempt with $binary failed"
    for node in $(nodes "$1"); do tail -n 5 "$(state_get folder)/$node/log" >&2 2>/dev/null || true; done
    remove_cluster "$1"
  done
  rm -rf "${template:-}"
  because "$binary did not become a cluster"
}

assemble() { # cluster
  local cluster=$1 node pid
  if [ "$(shape_of "$cluster")" = router ]; then
    router_assemble "$cluster"
    return
  fi
  prepare_template "$(server_of "$cluster")" || return
  say "$cluster: starting $(nodes "$cluster" | wc -l) of $binary"
  state_put "$cluster.binary" "$binary"
  state_put "$cluster.prefix" "$prefix"
  for node in $(nodes "$cluster"); do make_node "$node" || return; done
  "$(shape_of "$cluster")_prepare" "$cluster" || return
  for node in $(nodes "$cluster"); do spawn_node "$node" || return; done
  for node in $(nodes "$cluster"); do answers "$node" "$(state_get "$node.pid")" || return; done
  find_client "$cluster" && "$(shape_of "$cluster")_connect" "$cluster"
}

# A data folder with the accounts, made once for each server program; nodes get copies. Sets $template.
prepare_template() { # server
  template=$(state_folder)/template-$1 || return
  if [ -d "$template/data" ]; then return; fi
  say "$1: preparing a data folder for $binary"
  mkdir -p "$template" && "${1}_accounts" >"$template/accounts.sql" || return
  if ! "${1}_initialize" "$template" "$template/accounts.sql" >"$template/log" 2>&1; then
    tail -n 15 "$template/log" >&2
    rm -rf "$template"
    return 1
  fi
}

# Not every client can log in to every server.
find_client() { # cluster
  local client
  while read -r client; do
    if execute "$client" "$(state_get "$1-1.url")" 20 'SELECT 1' >/dev/null 2>&1; then
      state_put "$1.client" "$client"
      return
    fi
  done < <(clients)
  because "no client program here can log in"
}

remove_cluster() { # cluster
  local node folder
  folder=$(state_get folder)
  for node in $(nodes "$1"); do
    forget "$node"
    case $folder in */orm-servers.*) rm -rf "${folder:?}/$node" ;; esac
  done
  state_drop "$1."
}

# Single servers, with nothing between them.
lone_options() { # node
  case $1 in *mysql*) options+=(--log-bin=binlog) ;; esac
}
lone_prepare() { :; }
lone_connect() { :; }
lone_return() { :; }
lone_whole() { [ -n "$(value "$1" 'SELECT 1')" ]; }
lone_role() { # node
  if lone_whole "$1"; then echo alone running; fi
}
