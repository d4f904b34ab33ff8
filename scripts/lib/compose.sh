# shellcheck shell=bash disable=SC2034,SC2154 # the parts use one another
# Servers in docker, from the repository's compose.yaml. A docker client without an engine is common, so the engine is asked.

start_compose() { # name
  local name=$1 port variable
  have docker && limit 20 docker info >/dev/null 2>&1 || because "no docker engine" || return
  docker compose version >/dev/null 2>&1 || because "docker has no compose" || return
  port=$(free_port)
  variable=ORM_$(url_variable "$name")
  variable=${variable%_URL}_PORT
  say "$name: starting it in docker"
  state_put "$name.kind" compose
  state_put "$name.url" "mysql://root@127.0.0.1:$port/"
  if ! env "$variable=$port" docker compose --project-name "$(project)" --file "$root/compose.yaml" \
    up --detach --wait "$name" >&2; then
    forget "$name"
    because "docker could not start it"
  fi
}

# A name of our own, so that what somebody started by hand from the same file is left alone.
project() {
  printf 'orm-test-%s' "$(printf '%s' "$state_file" | cksum | cut -d ' ' -f 1)"
}

stop_compose() { # name
  docker compose --project-name "$(project)" --file "$root/compose.yaml" rm --stop --force --volumes "$1" >&2 || true
  # The network goes with the last of them; while the other runs this is refused, which is right.
  docker network rm "$(project)_default" >/dev/null 2>&1 || true
}
