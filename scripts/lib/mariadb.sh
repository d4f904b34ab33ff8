# shellcheck shell=bash disable=SC2034,SC2154 # the parts use one another
# What is particular to MariaDB.

mariadb_program() { echo mariadbd; }

mariadb_accepts() { # version-line
  case $1 in *MariaDB*) ;; *) return 1 ;; esac
}

mariadb_packages() { echo mariadb-server-core mariadb-client-core; }

# Every Debian release holds MariaDB: the machine's own sources do.
mariadb_sources() { :; } # folder

mariadb_initialize() { # folder [statements-file]
  local install=${prefix:+$prefix/usr/bin/}mariadb-install-db arguments=(--no-defaults)
  if [ -n "$prefix" ]; then arguments+=(--basedir="$prefix/usr"); fi
  if [ "$(id -u)" -eq 0 ]; then arguments+=(--user=root); fi
  if [ -n "${2:-}" ]; then arguments+=(--extra-file="$2"); fi
  "$install" "${arguments[@]}" --datadir="$1/data" --force --skip-test-db \
    --auth-root-authentication-method=normal --skip-name-resolve </dev/null
}

# Sets $options: what a running server needs. Character sets stay as the server has them: the project must not care.
mariadb_options() { # folder
  options=(--no-defaults --innodb-log-file-size=64M)
  if [ "$(id -u)" -eq 0 ]; then options+=(--user=root); fi
  if [ -n "$prefix" ]; then
    options+=(--basedir="$prefix/usr" --lc-messages-dir="$prefix/usr/share/mysql"
      --character-sets-dir="$prefix/usr/share/mysql/charsets" --plugin-dir="$prefix/usr/lib/mysql/plugin")
  fi
}
