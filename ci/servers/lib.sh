# shellcheck shell=bash disable=SC2034
# Sourced by the scripts of this folder. Runs a mail server of a Debian package, unpacked and not
# installed, in a private root: a mount and PID namespace in which /usr is the machine's with the
# package laid over it (read-only) and /etc, /var, /run, /dev belong to this one server. The
# machine's own configuration is neither read nor written, everything listens on 127.0.0.1, names
# are resolved from /etc/hosts only, and no server has a way to send mail on.
#
# A script sets server_packages=(...) and defines configure (writes $root/etc/...) and
# server_command (sets command=(...)), then calls: serve "$@". It may define after_greeting.
#
#   SCRIPT fetch       unpacks the packages (start does it where this has not been done)
#   SCRIPT start DIR   prints name=value lines once the server has greeted; eval-able in a shell
#   SCRIPT stop DIR    ends it and removes its root, mail included; the log stays. Killing the pid
#                      printed ends all its processes, too
#
# Needs root (or sudo without a password) and the right to mount; apt with a reachable mirror the
# first time; openssl. SMTPGAUGE_SERVERS keeps the unpacked packages (build/servers),
# SMTPGAUGE_SERVER_LIFETIME ends a forgotten server (7200 seconds).
set -euo pipefail
export LC_ALL=C PATH=$PATH:/usr/sbin:/sbin

servers_dir=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
repository=$(cd "$servers_dir/../.." && pwd)
cache=${SMTPGAUGE_SERVERS:-$repository/build/servers}
server=$(basename "$0")
read -r -a server_packages < <(sed -n "s/^server:$server //p" "$repository/ci/packages")
domain=example.test
host_name=mail.example.test
# Users of the private root start here, far above those of the machine. All mailboxes are one
# user's: that of whoever called sudo, who wants to read them.
first_uid=61000
mail_uid=${SUDO_UID:-61100}
# Enough for RFC 5321 4.5.3.1.8: a server has to take 100 recipients.
mailboxes=(user user2 box{001..110})

fail() {
  echo "$server: $*" >&2
  exit 1
}

# A port that nobody listens on, below the range from which the kernel takes those of clients.
free_port() {
  local port
  while :; do
    port=$((20000 + RANDOM % 12000))
    if ! grep -qi ":$(printf '%04X' $port) [0-9A-F:]* 0A" /proc/net/tcp /proc/net/tcp6 2>/dev/null; then
      echo $port
      return
    fi
  done
}

# Unpacks the server's packages and what they depend on into $tree, once.
fetch_packages() {
  set -- "${server_packages[@]}"
  local archives=$cache/$server/archives stamp=$cache/$server/packages
  tree=$cache/$server/tree
  mkdir -p "$archives/partial"
  exec 9>"$cache/$server/lock"
  flock 9
  if [[ -e $stamp && $(cat "$stamp") == "$*" ]]; then
    exec 9>&-
    return
  fi
  echo "$server: fetching $*" >&2
  rm -rf "$tree"
  mkdir -p "$tree/usr"
  if [[ $1 == npm:* ]]; then
    fetch_from_npm "${1#npm:}"
  else
    fetch_from_debian "$@"
  fi
  echo "$*" >"$stamp"
  exec 9>&-
}

# The package and its dependencies as /usr/lib/smtpgauge/node_modules; no script of theirs is run.
fetch_from_npm() {
  command -v npm >/dev/null || fail "needs node and npm on this machine"
  local into=$tree/usr/lib/smtpgauge
  mkdir -p "$into"
  npm install --prefix "$into" --no-audit --no-fund --omit=optional --ignore-scripts \
    --cache "$archives" "$1" >"$archives/log" 2>&1 ||
    fail "npm cannot fetch $1: $(tail -n 3 "$archives/log")"
}

fetch_from_debian() {
  local options name deb
  options=(-qq -y -d --no-install-recommends -o "Dir::Cache::archives=$archives"
           -o APT::Sandbox::User=root -o Debug::NoLocking=1)
  if ! apt-get "${options[@]}" install "$@" >"$archives/log" 2>&1; then
    apt-get -qq update >>"$archives/log" 2>&1 || true
    apt-get "${options[@]}" install "$@" >>"$archives/log" 2>&1 ||
      fail "apt-get cannot fetch $*: $(tail -n 3 "$archives/log")"
  fi
  for deb in "$archives"/*.deb; do
    [[ -e $deb ]] || continue  # every package is installed on this machine already
    dpkg -x "$deb" "$tree"
  done
  for name in bin sbin lib lib64; do  # the root has links in their place, as Debian 12 has
    if [[ -d $tree/$name && ! -L $tree/$name ]]; then
      mkdir -p "$tree/usr/$name"
      cp -a "$tree/$name/." "$tree/usr/$name/"
    fi
  done
}

# The upstream version of the server, from the archive or from the installed package.
server_version() {
  local package=${server_packages[0]} deb version
  deb=$(compgen -G "$cache/$server/archives/${package}_*.deb" | head -n 1 || true)
  if [[ $package == npm:* ]]; then
    version=${package##*@}
  elif [[ -n $deb ]]; then
    version=$(dpkg-deb -f "$deb" Version)
  else
    version=$(dpkg-query -W -f '${Version}' "$package")
  fi
  version=${version#*:}
  echo "${version%%[-+]*}"
}

# add_user NAME UID HOME: a user with a group of its own in the private root.
add_user() {
  echo "$1:x:$2:$2::$3:/bin/sh" >>"$root/etc/passwd"
  echo "$1:x:$2:" >>"$root/etc/group"
  echo "$1:*:19000:0:99999:7:::" >>"$root/etc/shadow"
}

# The private root: everything that is the same for each server.
prepare_root() {
  local name
  rm -rf "$root"
  mkdir -p "$root"/{etc/ssl/private,usr,var/{log,spool,mail,tmp,lib},run,dev,proc,tmp,root,srv/mail}
  chmod 1777 "$root/tmp" "$root/var/tmp"
  chmod 2775 "$root/var/mail"
  for name in bin sbin lib lib64; do
    ln -s "usr/$name" "$root/$name"
  done
  ln -s /run "$root/var/run"
  for name in etc var; do
    [[ ! -d $tree/$name ]] || cp -a "$tree/$name/." "$root/$name/"
  done
  cp -a /etc/alternatives "$root/etc/" 2>/dev/null || true
  cp /etc/ld.so.cache "$root/etc/" 2>/dev/null || true
  printf '%s\n' 'root:x:0:0::/root:/bin/sh' 'nobody:x:65534:65534::/nonexistent:/bin/false' \
    'daemon:x:1:1::/:/bin/false' 'mail:x:8:8::/var/mail:/bin/false' >"$root/etc/passwd"
  printf '%s\n' root:x:0: daemon:x:1: mail:x:8: nogroup:x:65534: >"$root/etc/group"
  install -m 640 /dev/null "$root/etc/shadow"
  for name in "${mailboxes[@]}"; do
    add_user "$name" "$mail_uid" "/srv/mail/$name"
    mkdir -m 700 "$root/srv/mail/$name"
  done
  chown -R "$mail_uid:$mail_uid" "$root/srv/mail"
  # An address of the loopback at which no resolver answers.
  echo 'nameserver 127.255.255.254' >"$root/etc/resolv.conf"
  printf '%s\n' "127.0.0.1 localhost $host_name" "127.0.0.1 $domain" >"$root/etc/hosts"
  printf '%s\n' 'passwd: files' 'group: files' 'shadow: files' 'hosts: files' \
    'services: files' 'aliases: files' >"$root/etc/nsswitch.conf"
  printf '%s\t%s\n' smtp 25/tcp domain 53/udp submission 587/tcp submissions 465/tcp lmtp 24/tcp \
    >"$root/etc/services"
  printf '%s\t%s\n' tcp 6 udp 17 >"$root/etc/protocols"
  echo "$host_name" >"$root/etc/mailname"
  echo "$host_name" >"$root/etc/hostname"
  echo "postmaster: user" >"$root/etc/aliases"
  make_certificate
}

make_certificate() {
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 30 \
    -subj "/CN=$host_name" -addext "subjectAltName=DNS:$host_name,DNS:localhost,IP:127.0.0.1" \
    -keyout "$root/etc/ssl/private/server.key" -out "$root/etc/ssl/server.pem" 2>/dev/null
}

# Until the server says 220, for at most 20 seconds; a script may have its own.
wait_until_ready() {
  local line deadline=$((SECONDS + 20))
  while ((SECONDS < deadline)); do
    [[ -d /proc/$pid ]] || return 1
    if { exec 8<>"/dev/tcp/127.0.0.1/$port"; } 2>/dev/null; then
      line=
      IFS= read -r -t 5 line <&8 2>/dev/null || true
      printf 'QUIT\r\n' >&8 2>/dev/null || true
      exec 8>&-
      [[ $line != 220* ]] || return 0
    fi
    sleep 0.1
  done
  return 1
}

# The time at which a process started: tells it from a later one with the same number.
start_time() {
  local stat
  stat=$(cat "/proc/$1/stat" 2>/dev/null) || return 1
  # shellcheck disable=SC2086
  set -- ${stat##*) }
  echo "${20}"
}

# run_in_root COMMAND...: starts it in the namespaces; sets pid (the namespace's first process).
run_in_root() {
  local outer
  setsid unshare --mount --uts --pid --fork --kill-child --propagation unchanged \
    bash "$servers_dir/enter" "$root" "$tree" "$host_name" \
    "${SMTPGAUGE_SERVER_LIFETIME:-7200}" "$@" </dev/null >>"$directory/log" 2>&1 &
  outer=$!
  disown
  pid=
  local tries
  for tries in {1..50}; do
    pid=$(cat "/proc/$outer/task/$outer/children" 2>/dev/null || true)
    pid=${pid%% *}
    [[ -z $pid ]] || break
    sleep 0.02
  done
  [[ -n $pid ]] || fail "cannot make a namespace: $(tail -n 3 "$directory/log")"
  echo "$pid $(start_time "$pid")" >"$directory/pid"
}

# announce NAME VALUE...: the lines that the caller reads.
announce() {
  while (($# > 1)); do
    printf '%s=%q\n' "$1" "$2"
    shift 2
  done
}

# What the caller needs to test this server; user is empty where there is no AUTH. A script sets
# tls=auto where AUTH is on offer in TLS only: the sessions of a run are then in TLS.
announce_server() {
  announce server "$server" version "$(server_version)" \
    host 127.0.0.1 port "$port" tls_port "$tls_port" tls "${tls:-off}" profile "${profile:-mx}" \
    domain "$domain" recipient "user@$domain" recipient2 "user2@$domain" \
    many_recipients "box%03d@$domain" unknown_recipient "no-such-user@$domain" \
    maildir "$root/srv/mail/%n${maildir_suffix-/Maildir}" \
    ca_file "$root/etc/ssl/server.pem" user "${auth_user:-}" password "${auth_password:-}" \
    pid "$pid" log "$directory/log"
}

start_server() {
  local number
  ! is_running || fail "$directory is in use; stop it first"
  mkdir -p "$directory"
  root=$directory/root
  fetch_packages
  local try
  for try in 1 2 3; do  # a port may be taken between the look and the use
    prepare_root
    port=$(free_port) tls_port=
    : >"$directory/log"
    configure
    server_command
    # shellcheck disable=SC2154
    run_in_root "${command[@]}"
    if wait_until_ready; then
      announce_server
      return
    fi
    stop_server
  done
  tail -n 20 "$directory/log" >&2
  fail "no answer on 127.0.0.1:$port; the log is $directory/log"
}

# Whether the first process of the server in $directory lives; sets number, its pid.
is_running() {
  local started
  [[ -e $directory/pid ]] && read -r number started <"$directory/pid" &&
    [[ $(start_time "$number") == "$started" ]]
}

stop_server() {
  local number tries
  for tries in {1..80}; do
    is_running || break
    case $tries in
      1) kill -TERM "$number" 2>/dev/null || true ;;
      40) kill -KILL "$number" 2>/dev/null || true ;;
    esac
    sleep 0.05
  done
  rm -rf "$directory/pid" "$directory/root"
}

serve() {
  [[ ${1-} == fetch || ($# -ge 2 && ($1 == start || $1 == stop)) ]] || {
    echo "usage: $0 fetch | start DIR | stop DIR" >&2
    exit 2
  }
  if [[ $(id -u) != 0 ]]; then
    command -v sudo >/dev/null || fail "needs root, or sudo"
    exec sudo -n --preserve-env=SMTPGAUGE_SERVERS,SMTPGAUGE_SERVER_LIFETIME -- "$0" "$@"
  fi
  [[ $1 != fetch ]] || {
    fetch_packages
    return
  }
  directory=$(realpath -m "$2")
  shift_arguments=("${@:3}")
  "$1_server"
}
