# shellcheck shell=bash disable=SC2034,SC2154 # the parts use one another
# What is particular to MySQL.

mysql_program() { echo mysqld; }

# Eight or later, and not MariaDB under its old name.
mysql_accepts() { # version-line
  case $1 in *MariaDB*) return 1 ;; esac
  [[ $1 =~ Ver\ ([0-9]+)\. ]] && [ "${BASH_REMATCH[1]}" -ge 8 ]
}

mysql_packages() { echo mysql-server-core mysql-client-core; }

# No Debian release holds MySQL; the unstable suite does.
mysql_sources() { # folder
  other_suite sid >"$1/sources.list"
  [ -s "$1/sources.list" ] || { echo "no Debian archive among this machine's package sources" && return 1; }
}

# Sets $options: what both a new and a running server need.
mysql_base_options() { # folder
  options=(--no-defaults --mysqlx=OFF --innodb-redo-log-capacity=64M)
  if [ "$(id -u)" -eq 0 ]; then options+=(--user=root); fi
  if [ -n "$prefix" ]; then
    options+=(--basedir="$prefix/usr" --lc-messages-dir="$prefix/usr/share/mysql"
      --character-sets-dir="$prefix/usr/share/mysql/charsets" --plugin-dir="$prefix/usr/lib/mysql/plugin")
  fi
}

mysql_initialize() { # folder [statements-file]
  mysql_base_options
  if [ -n "${2:-}" ]; then options+=(--init-file="$2"); fi
  "$binary" "${options[@]}" --datadir="$1/data" --initialize-insecure </dev/null
}

mysql_options() { # folder
  mysql_base_options
}
