# shellcheck shell=bash disable=SC2034,SC2154 # the parts use one another
# MySQL Group Replication: nodes that agree on every transaction, one of which takes writes.

# Each node has a second port, on which the members talk. What the environment says holds for restarted nodes too.
group_prepare() { # cluster
  local node
  for node in $(nodes "$1"); do state_put "$node.channel" "$(node_port)"; done
  state_put "$1.expel" "${ORM_GROUP_EXPEL:-5}"
  state_put "$1.uuid" "$(printf 'aaaaaaaa-aaaa-4aaa-8aaa-%04x%04x%04x' $RANDOM $RANDOM $RANDOM)"
}

group_options() { # node
  local node seeds=
  for node in $(nodes group); do seeds+=,127.0.0.1:$(state_get "$node.channel"); done
  mysql_replication_options
  options+=(--log-bin=binlog --relay-log=relay --report-host=127.0.0.1 --report-port="$(state_get "$1.port")"
    --plugin-load-add=group_replication.so --group-replication-group-name="$(state_get group.uuid)"
    --group-replication-start-on-boot=OFF --group-replication-single-primary-mode=ON
    --group-replication-local-address="127.0.0.1:$(state_get "$1.channel")"
    --group-replication-group-seeds="${seeds#,}" --group-replication-ip-allowlist=127.0.0.0/8
    --group-replication-recovery-get-public-key=ON
    --group-replication-member-expel-timeout="$(state_get group.expel)")
}

group_connect() { # cluster
  local node
  for node in $(nodes "$1"); do
    sql "$node" 20 "CHANGE REPLICATION SOURCE TO SOURCE_USER = 'replica', SOURCE_PASSWORD = 'replica'
      FOR CHANNEL 'group_replication_recovery'" || return
  done
  for node in $(nodes "$1"); do
    within 90 join_group "$node" || because "$node does not join the group" || return
  done
}

# Its own word on its state: ONLINE, RECOVERING, OFFLINE, ERROR or UNREACHABLE; nothing if it does not answer.
member_state() { # node
  value "$1" "SELECT MEMBER_STATE FROM performance_schema.replication_group_members WHERE MEMBER_ID = @@server_uuid
    UNION ALL SELECT 'OFFLINE' LIMIT 1"
}

# Prints who else holds the group. A frozen member may, when it goes on; one that answers is preferred.
group_holder() { # node
  local node pid holder=
  for node in $(nodes group); do
    if [ "$node" = "$1" ] || ! pid=$(node_pid "$node"); then continue; fi
    if frozen "$pid"; then
      holder=$node
    elif [[ $(member_state "$node") = @(ONLINE|RECOVERING) ]]; then
      holder=$node
      break
    fi
  done
  [ -n "$holder" ] && printf '%s' "$holder"
}

# Without a majority a group neither takes writes nor lets anybody in.
has_majority() { # node
  [ "$(value "$1" "SELECT SUM(MEMBER_STATE <> 'UNREACHABLE') * 2 > COUNT(*)
    FROM performance_schema.replication_group_members")" != 0 ]
}

# One step of a node's way into the group; succeeds when it is there. The group refuses a member as long as it has not
# expelled the one that it was before.
join_group() { # node
  local holder
  case $(member_state "$1") in
    OFFLINE)
      if ! holder=$(group_holder "$1"); then
        found_group "$1"
      elif ! awake "$holder" || has_majority "$holder"; then
        start_member "$1"
      else
        die "$1 cannot join: $holder has lost the majority; kill it and restart it, and the group begins anew there"
      fi
      ;;
    ERROR) sql "$1" 60 'STOP GROUP_REPLICATION' >/dev/null 2>&1 || true ;;
  esac
  [ "$(member_state "$1")" = ONLINE ]
}

start_member() { # node
  sql "$1" 60 'START GROUP_REPLICATION' >/dev/null 2>&1 || true
}

found_group() { # node
  sql "$1" 60 'SET GLOBAL group_replication_bootstrap_group = ON; START GROUP_REPLICATION' >/dev/null 2>&1 || true
  sql "$1" 20 'SET GLOBAL group_replication_bootstrap_group = OFF' >/dev/null || true
}

group_return() { # node
  within 120 join_group "$1" || die "$1 does not join the group again"
}

group_whole() { # node
  [ "$(member_state "$1")" = ONLINE ]
}

group_role() { # node
  local role
  role=$(value "$1" "SELECT CONCAT_WS(' ', IF(MEMBER_ROLE = '', '-', LOWER(MEMBER_ROLE)), MEMBER_STATE)
    FROM performance_schema.replication_group_members WHERE MEMBER_ID = @@server_uuid
    UNION ALL SELECT '- OFFLINE' LIMIT 1")
  case $role in *ONLINE) has_majority "$1" || role+=' without majority' ;; esac
  echo "$role"
}

# A planned switch, which waits for transactions that are under way.
primary_node() { # node
  [ "$(cluster_of "$1")" = group ] || die "only a group has a primary that can be chosen"
  [ "$(member_state "$1")" = ONLINE ] || die "$1 is not online"
  sql "$1" 90 "SELECT group_replication_set_as_primary('$(value "$1" 'SELECT @@server_uuid')')" >/dev/null ||
    die "$1 does not become the primary"
  say "$1: is the primary"
}
