# shellcheck shell=bash disable=SC2034,SC2154 # the parts use one another
# Database URLs: whose variable holds them, what they say, and who answers there.

url_variable() { # name
  case $1 in mysql) echo MYSQL_URL ;; mariadb) echo MARIADB_URL ;; esac
}

percent_decode() { # text
  printf '%b' "${1//%/\\x}"
}

# Sets url_user, url_password, url_host and url_port.
parse_url() { # url
  local rest=${1#*://} login=
  rest=${rest%%[/?]*}
  case $rest in *@*) login=${rest%@*} rest=${rest##*@} ;; esac
  url_user=$(percent_decode "${login%%:*}")
  url_password=
  case $login in *:*) url_password=$(percent_decode "${login#*:}") ;; esac
  url_host=${rest%:*}
  url_port=3306
  case $rest in *:*) url_port=${rest##*:} ;; esac
}

# Executes statements there, for at most so many seconds.
execute() { # client url seconds statements options
  local url_user url_password url_host url_port
  parse_url "$2"
  MYSQL_PWD=$url_password limit "$3" "$1" --no-defaults --protocol=tcp --host="$url_host" --port="$url_port" \
    --user="${url_user:-root}" --batch --execute="$4" "${@:5}" </dev/null
}

# What `SELECT VERSION()` says there. Not every client can log in to every server, so each is tried.
selected_version() { # url
  local client
  while read -r client; do
    execute "$client" "$1" 20 'SELECT VERSION()' --skip-column-names 2>/dev/null && return
  done < <(clients)
  return 1
}

# The same, or else the version that the server greets everybody with.
server_version() { # url
  local url_user url_password url_host url_port
  selected_version "$1" && return
  parse_url "$1"
  greeting "$url_host" "$url_port"
}

# The version in a server's first packet: four bytes of header, one of protocol, then text up to a zero byte.
greeting() { # host port
  # shellcheck disable=SC2016 # the inner shell expands them
  LC_ALL=C limit 5 bash -c '
    exec 3<>"/dev/tcp/$1/$2" || exit 1
    for _ in 1 2 3; do IFS= read -r -d "" -u 3 _; done
    IFS= read -r -d "" -u 3 version || exit 1
    version=${version#?}
    printf "%s\n" "${version#5.5.5-}"
  ' greeting "$1" "$2" 2>/dev/null
}
