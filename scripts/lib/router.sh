# shellcheck shell=bash disable=SC2034,SC2154 # the parts use one another
# MySQL Router in front of the group: one address, which leads to the primary. MySQL's own shell, which usually sets it
# up, is in no package; what the router asks of the group are a few views, which are made here.

router_program() { echo mysqlrouter; }
router_accepts() { [[ $1 =~ Ver\ [89]\. ]]; } # version-line
router_packages() { echo mysql-router; }
router_sources() { mysql_sources "$1"; } # folder

# Its file, the password of the user that looks at the group, and the nodes to begin with.
router_prepare() { # node
  local folder node servers='' tool
  folder=$(state_get folder)/$1
  tool=$(dirname "$binary")/mysqlrouter_keyring
  mkdir -p "$folder/data" || return
  state_put "$1.port" "$(node_port)"
  state_put "$1.url" "mysql://root@127.0.0.1:$(state_get "$1.port")/"
  for node in $(nodes group); do servers+=", \"mysql://127.0.0.1:$(state_get "$node.port")\""; done
  printf '{"version": "1.0.0", "metadata-cache": {"group-replication-id": "%s", "cluster-metadata-servers": [%s]}}\n' \
    "$(state_get group.uuid)" "${servers#, }" >"$folder/state.json"
  "$tool" init --master-key-file="$folder/key" "$folder/keyring" </dev/null >/dev/null &&
    echo replica | "$tool" set --master-key-file="$folder/key" "$folder/keyring" replica password >/dev/null || return
  router_file "$folder" "$(state_get "$1.port")" >"$folder/router.conf"
}

router_file() { # folder port
  cat <<END
[DEFAULT]
logging_folder=
plugin_folder=$prefix/usr/lib/mysqlrouter/plugin
runtime_folder=$1/data
data_folder=$1/data
dynamic_state=$1/state.json
keyring_path=$1/keyring
master_key_path=$1/key

[logger]
level=info
sinks=consolelog

[metadata_cache:orm]
cluster_type=gr
metadata_cluster=orm
router_id=1
user=replica
ttl=0.5

[routing:writer]
bind_address=127.0.0.1
bind_port=$2
destinations=metadata-cache://orm/?role=PRIMARY
routing_strategy=first-available
protocol=classic
client_ssl_mode=PASSTHROUGH
END
}

# Version 2.2 of the schema that MySQL's shell makes, as much of it as the router asks for. It is replicated.
router_schema() {
  cat <<END
DROP DATABASE IF EXISTS mysql_innodb_cluster_metadata;
CREATE DATABASE mysql_innodb_cluster_metadata;
USE mysql_innodb_cluster_metadata;
CREATE VIEW schema_version (major, minor, patch) AS SELECT 2, 2, 0;
CREATE VIEW v2_this_instance AS SELECT 'orm' cluster_id, 'gr' cluster_type;
CREATE VIEW v2_gr_clusters AS SELECT 'orm' cluster_id, 'orm' cluster_name, '$(state_get group.uuid)' group_name;
CREATE VIEW v2_cs_members AS SELECT 'orm' cluster_id, NULL clusterset_id FROM DUAL WHERE FALSE;
CREATE TABLE v2_instances (cluster_id VARCHAR(36), mysql_server_uuid VARCHAR(36) PRIMARY KEY, label VARCHAR(256),
  endpoint VARCHAR(256), xendpoint VARCHAR(256), attributes JSON);
INSERT INTO v2_instances SELECT 'orm', MEMBER_ID, CONCAT(MEMBER_HOST, ':', MEMBER_PORT),
  CONCAT(MEMBER_HOST, ':', MEMBER_PORT), NULL, '{}' FROM performance_schema.replication_group_members;
CREATE TABLE v2_routers (router_id INT PRIMARY KEY, router_name VARCHAR(256), address VARCHAR(256), version VARCHAR(12),
  last_check_in TIMESTAMP NULL, attributes JSON, options JSON);
INSERT INTO v2_routers (router_id, attributes, options) VALUES (1, '{}', '{}');
CREATE VIEW v2_router_options AS SELECT router_id, options router_options FROM v2_routers;
GRANT ALL ON mysql_innodb_cluster_metadata.* TO 'replica'@'%';
GRANT SELECT ON performance_schema.* TO 'replica'@'%';
END
}

# Writes go to whichever node takes them.
router_introduce() {
  local node
  for node in $(nodes group); do
    if [ "$(value "$node" 'SELECT @@super_read_only')" = 0 ]; then
      sql "$node" 30 "$(router_schema)" >/dev/null
      return
    fi
  done
  return 1
}

router_assemble() { # cluster
  state_put "$1.binary" "$binary"
  state_put "$1.prefix" "$prefix"
  state_put "$1.client" "$(state_get group.client)"
  router_prepare "$1-1" && router_introduce && router_spawn "$1-1" && within 30 router_whole "$1-1"
}

# Starts it, and sets $pid.
router_spawn() { # node
  local folder
  folder=$(state_get folder)/$1
  binary=$(state_get "$(cluster_of "$1").binary")
  detached "$folder/log" "$binary" --config="$folder/router.conf"
  state_put "$1.pid" "$pid"
}

router_return() { # node
  within 30 router_whole "$1" || die "$1 leads nowhere"
}

router_whole() { # node
  [ -n "$(value "$1" 'SELECT 1')" ]
}

router_role() { # node
  local port
  port=$(value "$1" 'SELECT @@port')
  if [ -n "$port" ]; then echo "router to port $port"; fi
}
