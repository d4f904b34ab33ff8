# shellcheck shell=bash disable=SC2034,SC2154 # the parts use one another
# Galera: nodes of MariaDB that certify each transaction together, and all take writes. A node gets what it missed from
# another one's memory, or else a copy of all data by wsrep_sst_copy.

# The library that does it, from the release that the server is from. The server itself is MariaDB's.
galera_packages() { echo galera-4; }
galera_sources() { :; } # folder

find_galera() {
  local library
  for library in {"$prefix",}/usr/lib/{galera,galera-4}/libgalera_smm.so /usr/lib64/{galera,galera-4}/libgalera_smm.so \
    "$(unpacked galera)/usr/lib/galera/libgalera_smm.so"; do
    if [ -f "$library" ]; then
      printf '%s' "$library"
      return
    fi
  done
  return 1
}

# Each node has two more ports, for the talk of the members and for what a node missed.
galera_prepare() { # cluster
  local node
  find_galera >/dev/null || unpack_debian galera && state_put "$1.provider" "$(find_galera)" ||
    because "no libgalera_smm.so is here, and Debian's could not be fetched" || return
  for node in $(nodes "$1"); do
    state_put "$node.channel" "$(node_port)"
    state_put "$node.transfer" "$(node_port)"
  done
}

# A node founds the cluster if no other one is alive, and joins it otherwise.
galera_options() { # node
  local node position addresses=
  # The server calls wsrep_sst_copy by its name.
  export PATH=$root/scripts/lib:$PATH
  options+=(--binlog-format=ROW --default-storage-engine=InnoDB --innodb-autoinc-lock-mode=2 --wsrep-on=ON
    --wsrep-provider="$(state_get galera.provider)" --wsrep-cluster-name=orm --wsrep-node-name="$1"
    --wsrep-cluster-address=gcomm:// --wsrep-node-address=127.0.0.1
    --wsrep-node-incoming-address="127.0.0.1:$(state_get "$1.port")" --wsrep-slave-threads=2
    --wsrep-sst-method=copy --wsrep-sst-receive-address="$(state_get folder)/$1/transfer"
    --wsrep-provider-options="gmcast.listen_addr=tcp://127.0.0.1:$(state_get "$1.channel");\
ist.recv_addr=127.0.0.1:$(state_get "$1.transfer");gcache.size=64M;pc.recovery=no;evs.keepalive_period=PT0.5S;\
evs.inactive_check_period=PT0.25S;evs.suspect_timeout=PT2S;evs.inactive_timeout=PT6S")
  position=$(galera_position "$1")
  if galera_holder "$1" >/dev/null; then
    within 30 galera_without "$1" || die "$1 cannot join: the others still wait for the one that it was before"
    for node in $(nodes galera); do addresses+=,127.0.0.1:$(state_get "$node.channel"); done
    options+=(--wsrep-cluster-address="gcomm://${addresses#,}")
  else
    galera_first "$1" "$position"
  fi
  if [ -n "$position" ]; then options+=(--wsrep-start-position="$position"); fi
}

# How far the data of a node have come that does not run: `cluster:number`, or nothing before its first start.
galera_position() { # node
  local folder
  folder=$(state_get folder)/$1
  [ -e "$folder/data/grastate.dat" ] || return 0
  "$binary" "${options[@]}" --skip-networking --socket="$folder/socket" --pid-file="$folder/pid" \
    --datadir="$folder/data" --tmpdir="$folder/tmp" --wsrep-recover </dev/null 2>&1 |
    sed -n 's/.*WSREP: Recovered position: *\([^ ]*\).*/\1/p' | tail -n 1 | grep . || die "$1 does not tell its position"
}

# Lets a node found the cluster, unless another one has come further: what only that one has would be lost.
galera_first() { # node position
  local node further
  for node in $(nodes galera); do
    further=$(galera_position "$node")
    [ -z "$further" ] || [ "${further##*:}" -le "${2##*:}" ] || die "$1 is behind $node: restart that one first"
  done
  if [ -n "$2" ]; then
    sed -i.old 's/^safe_to_bootstrap:.*/safe_to_bootstrap: 1/' "$(state_get folder)/$1/data/grastate.dat"
  fi
}

# Prints who else holds the cluster.
galera_holder() { # node
  local node
  for node in $(nodes galera); do
    if [ "$node" != "$1" ] && node_pid "$node" >/dev/null; then
      ! awake "$node" || [ "$(galera_status "$node" wsrep_cluster_status)" != non-Primary ] ||
        die "$1 cannot join: $node has lost the majority; kill it and restart it, and the cluster begins anew there"
      printf '%s' "$node"
      return
    fi
  done
  return 1
}

# Nobody counts this node any more. One that comes while the others are about to leave behind the one that it was before
# can cost all of them the majority.
galera_without() { # node
  local node size others=0
  for node in $(nodes galera); do
    if [ "$node" != "$1" ] && node_pid "$node" >/dev/null; then others=$((others + 1)); fi
  done
  for node in $(nodes galera); do
    if [ "$node" = "$1" ] || ! awake "$node"; then continue; fi
    size=$(galera_status "$node" wsrep_cluster_size)
    [ "${size:-0}" -le $others ] || return
  done
}

# A node that has lost the majority answers this too.
galera_status() { # node name
  value "$1" "SHOW GLOBAL STATUS LIKE '$2'" | cut -f 2
}

galera_connect() { # cluster
  local node
  for node in $(nodes "$1"); do
    within 60 galera_whole "$node" || because "$node does not join the cluster" || return
  done
}

galera_return() { # node
  within 60 galera_whole "$1" || die "$1 does not join the cluster again"
}

galera_whole() { # node
  [ "$(galera_status "$1" wsrep_local_state_comment)" = Synced ]
}

galera_role() { # node
  local state
  state=$(galera_status "$1" wsrep_local_state_comment)
  if [ -n "$state" ]; then echo "node $state"; fi
}
