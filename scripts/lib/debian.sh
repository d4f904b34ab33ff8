# shellcheck shell=bash disable=SC2034,SC2154 # the parts use one another
# Debian packages without installing them: apt fetches a package with everything that it needs, the C library included,
# and `dpkg -x` unpacks that into the cache. The system stays as it is, and no root is needed.

unpack_debian() ( # name; a subshell, for its trap
  name=$1
  have apt-get && have dpkg || exit
  # Beside its final place, so that a rename ends it: a broken run leaves nothing that looks complete.
  work=$(mkdir -p "$cache" && mktemp -d "$cache/$name.XXXXXX") || exit
  trap 'rm -rf "$work"' EXIT
  say "$name: fetching Debian's packages (once, kept in $cache)"
  if ! fetch_and_unpack "$name" "$work" >"$work/log" 2>&1; then
    tail -n 15 "$work/log" >&2
    exit 1
  fi
  rm -rf "$(unpacked "$name")"
  mv "$work/root" "$(unpacked "$name")"
)

fetch_and_unpack() { # name folder
  local name=$1 work=$2 package
  "${name}_sources" "$work" || return
  mkdir -p "$work/lists/partial" "$work/cache/archives/partial" "$work/root" || return
  : >"$work/status" || return
  # A source that fails beside others is no reason to give up: the download below says whether enough was there.
  private_apt "$work" update || true
  # shellcheck disable=SC2046 # one word for each package
  private_apt "$work" --yes --download-only install $("${name}_packages") || return
  for package in "$work"/cache/archives/*.deb; do
    dpkg -x "$package" "$work/root" || return
  done
  prune "$work/root"
  wrap_programs "$work/root" "$(unpacked "$name")"
}

# apt with its own lists, cache and an empty list of installed packages.
private_apt() { # folder arguments
  local work=$1 options=()
  shift
  if [ -e "$work/sources.list" ]; then
    options=(-o "Dir::Etc::sourcelist=$work/sources.list" -o Dir::Etc::sourceparts=/dev/null)
  fi
  DEBIAN_FRONTEND=noninteractive apt-get -q "${options[@]}" \
    -o Dir::State::Lists="$work/lists" -o Dir::State::status="$work/status" -o Dir::Cache="$work/cache" \
    -o APT::Install-Recommends=false -o APT::Sandbox::User=root -o Debug::NoLocking=true \
    -o Acquire::Retries=3 -o Acquire::IndexTargets::deb::DEP-11::DefaultEnabled=false "$@" </dev/null
}

# What no server needs.
prune() { # folder
  rm -rf "$1"/usr/share/{doc,man,locale,perl} "$1"/usr/lib/*/{perl,perl-base,gconv} "$1"/usr/share/doc-base
}

# Puts a script in the place of each program, which runs it with the C library that came along.
wrap_programs() { # folder final-folder
  local folder=$1 final=$2 loader program path
  loader=$(find "$folder" -name 'ld-linux*.so*' -type f -print -quit)
  [ -n "$loader" ] || return
  loader=$final${loader#"$folder"}
  path=$(dirname "$loader"):$final/usr/lib/$(basename "$(dirname "$loader")"):$final/usr/lib/mysql-router
  for program in "$folder"/usr/sbin/{mysqld,mariadbd} \
    "$folder"/usr/bin/{mysql,mysqladmin,mariadb,my_print_defaults,resolveip,mysqlrouter,mysqlrouter_keyring}; do
    if [ -f "$program" ] && [ ! -L "$program" ]; then
      mv "$program" "$program.bin"
      printf '#!/bin/sh\nexec "%s" --library-path "%s" "%s" "$@"\n' "$loader" "$path" \
        "$final${program#"$folder"}.bin" >"$program"
      chmod +x "$program"
    fi
  done
}

# The machine's own Debian archives, as one-line sources with another suite. Both forms of source files are read:
# `deb [options] uri suite components` and the deb822 paragraphs of *.sources files.
other_suite() { # suite
  local release=
  # shellcheck source=/dev/null
  release=$(. /etc/os-release 2>/dev/null && printf '%s' "${VERSION_CODENAME:-}")
  find /etc/apt/sources.list /etc/apt/sources.list.d -name '*.list' -exec cat {} + 2>/dev/null |
    one_line_archives "$release" "$1"
  # An empty line after each file, since a paragraph ends with its file.
  # shellcheck disable=SC2016 # the $ is for sed
  find /etc/apt/sources.list.d -name '*.sources' -exec sed -e '$G' {} \; 2>/dev/null |
    deb822_archives "$release" "$1"
}

one_line_archives() { # release suite
  awk -v release="$1" -v suite="$2" '
    $1 != "deb" { next }
    {
      options = ""; sub(/[ \t]#.*/, ""); sub(/^[ \t]*deb[ \t]+/, "")
      if (match($0, /^\[[^]]*\][ \t]+/)) { options = substr($0, 1, RLENGTH); $0 = substr($0, RLENGTH + 1) }
      for (i = 3; i <= NF; i++)
        if ($i == "main" && ($2 == release || $2 ~ /^(old)*stable$|^testing$|^unstable$|^sid$/)) {
          print "deb " options $1 " " suite " main"
          next
        }
    }'
}

deb822_archives() { # release suite
  awk -v release="$1" -v suite="$2" '
    function finish(  options, i, j, n, m, suites, uris) {
      n = split(field["suites"], suites, " ")
      m = split(field["uris"], uris, " ")
      if (field["signed-by"] ~ /^ *\//) options = options " signed-by=" word(field["signed-by"])
      if (field["trusted"] ~ /yes/) options = options " trusted=yes"
      if (options != "") options = "[" substr(options, 2) "] "
      if (field["enabled"] !~ /^ *(no|false|off|0)/ && has("types", "deb") && has("components", "main"))
        for (i = 1; i <= n; i++)
          if (suites[i] == release || suites[i] ~ /^(old)*stable$|^testing$|^unstable$|^sid$/) {
            for (j = 1; j <= m; j++) print "deb " options uris[j] " " suite " main"
            break
          }
      split("", field)
    }
    function has(key, value) { return index(" " field[key] " ", " " value " ") }
    function word(text) { gsub(/^ +| +$/, "", text); gsub(/ +/, ",", text); return text }
    /^#/ { next }
    /^[ \t]*$/ { finish(); next }
    /^[ \t]/ { field[name] = field[name] " " $0; next }
    { name = tolower($0); sub(/:.*/, "", name); sub(/^[^:]*:[ \t]*/, ""); gsub(/\t/, " "); field[name] = $0 }
    END { finish() }'
}
