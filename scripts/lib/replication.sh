# shellcheck shell=bash disable=SC2034,SC2154 # the parts use one another
# A source and its replicas, with global transaction identifiers, on MySQL and MariaDB. Node 1 is the source.

# The statements that a new data folder gets. Nothing of it is in a binary log, so no replica gets it twice.
mysql_accounts() {
  cat "$accounts"
  replica_account
}

# Accounts can be changed once they are loaded. root may write on a server that is read only, unless that is taken from it.
mariadb_accounts() {
  echo "FLUSH PRIVILEGES;"
  mysql_accounts
  echo "REVOKE READ_ONLY ADMIN ON *.* FROM 'root'@'localhost', 'root'@'127.0.0.1', 'root'@'::1';"
}

replica_account() {
  echo "SET SQL_LOG_BIN = 0;"
  echo "CREATE USER 'replica'@'%' IDENTIFIED BY 'replica';"
  echo "GRANT REPLICATION SLAVE ON *.* TO 'replica'@'%';"
}

replication_options() { # node
  options+=(--log-bin=binlog --relay-log=relay --report-host=127.0.0.1 --report-port="$(state_get "$1.port")")
  "$(server_of "$(cluster_of "$1")")_replication_options"
  if [ "$(number_of "$1")" -eq 1 ]; then return; fi
  options+=(--read-only=ON)
  if [ "$(cluster_of "$1")" = mysql ]; then options+=(--super-read-only=ON); fi
}

mysql_replication_options() {
  options+=(--gtid-mode=ON --enforce-gtid-consistency=ON --relay-log-recovery=ON)
}

mariadb_replication_options() {
  options+=(--log-slave-updates=ON --gtid-strict-mode=ON)
}

replication_prepare() { :; }

replication_connect() { # cluster
  local node port
  port=$(state_get "$1-1.port")
  for node in $(nodes "$1" | tail -n +2); do
    sql "$node" 20 "$("${1}_follow" "$port")" || return
  done
  for node in $(nodes "$1" | tail -n +2); do
    within 30 replicates "$node" || because "$node does not replicate" || return
  done
}

# However often the source is away, its replicas try again each second.
mysql_follow() { # port
  echo "CHANGE REPLICATION SOURCE TO SOURCE_HOST = '127.0.0.1', SOURCE_PORT = $1, SOURCE_USER = 'replica',
    SOURCE_PASSWORD = 'replica', SOURCE_AUTO_POSITION = 1, GET_SOURCE_PUBLIC_KEY = 1, SOURCE_CONNECT_RETRY = 1,
    SOURCE_RETRY_COUNT = 1000000, SOURCE_HEARTBEAT_PERIOD = 1; START REPLICA"
}

mariadb_follow() { # port
  echo "CHANGE MASTER TO MASTER_HOST = '127.0.0.1', MASTER_PORT = $1, MASTER_USER = 'replica',
    MASTER_PASSWORD = 'replica', MASTER_USE_GTID = slave_pos, MASTER_CONNECT_RETRY = 1,
    MASTER_HEARTBEAT_PERIOD = 1; START SLAVE"
}

# Four words: whether it receives, whether it applies, its delay, and how far it is behind. Nothing from a source.
replica_status() { # node
  sql "$1" 10 'SHOW REPLICA STATUS' --vertical 2>/dev/null | awk '
    $1 ~ /^(Replica|Slave)_IO_Running:$/ { io = $2 }
    $1 ~ /^(Replica|Slave)_SQL_Running:$/ { sql = $2 }
    $1 == "SQL_Delay:" { delay = $2 }
    $1 ~ /^Seconds_Behind_(Source|Master):$/ { behind = $2 }
    END { if (io) print io, sql, delay, behind }'
}

replicates() { # node
  case $(replica_status "$1") in "Yes Yes "*) ;; *) return 1 ;; esac
}

# A replica goes on by itself as soon as its source is there.
replication_return() { :; }

replication_whole() { # node
  if [ "$(number_of "$1")" -gt 1 ]; then replicates "$1"; else lone_whole "$1"; fi
}

replication_role() { # node
  local io sql delay behind
  lone_whole "$1" || return 0
  read -r io sql delay behind <<<"$(replica_status "$1")"
  if [ -z "$io" ]; then
    echo source running
  else
    printf 'replica receives=%s applies=%s delay=%s behind=%s\n' "$io" "$sql" "$delay" "$behind"
  fi
}

delay_node() { # node seconds
  local cluster
  cluster=$(cluster_of "$1")
  [ "$(shape_of "$cluster")" = replication ] && [ "$(number_of "$1")" -gt 1 ] || die "$1 is no replica"
  [[ $2 =~ ^[0-9]+$ ]] || die "'$2' is no number of seconds"
  awake "$1" || die "$1 does not run"
  sql "$1" 20 "$("${cluster}_delay" "$2")" || die "$1 takes no delay"
  within 10 replicates "$1" || die "$1 does not replicate"
  say "$1: applies $2 s later"
}

mysql_delay() { # seconds
  echo "STOP REPLICA SQL_THREAD; CHANGE REPLICATION SOURCE TO SOURCE_DELAY = $1; START REPLICA SQL_THREAD"
}

mariadb_delay() { # seconds
  echo "STOP SLAVE; CHANGE MASTER TO MASTER_DELAY = $1; START SLAVE"
}
