#!/bin/bash
# Accounts for the throw-away cluster of cluster.sh, which calls this: a MariaDB and a slurmdbd of its own, on
# loopback. Account trojan_123 may run jobs, with at most three in the queue; any other account may not.
set -eu

usage() {
  cat >&2 <<'T'
usage: accounting.sh up DIR PORT   starts MariaDB on PORT and slurmdbd on PORT+1; munge of DIR must run
       accounting.sh fill DIR      adds the account; slurmctld of DIR must run
cluster.sh down stops both.
T
  exit 2
}

# Waits until a command succeeds, at most a minute.
patiently() {
  for _ in $(seq 600); do
    if "$@" >/dev/null 2>&1; then return 0; fi
    sleep 0.1
  done
  echo "Waited in vain for: $*" >&2
  return 1
}

sql() { mariadb --no-defaults -S "$1/run/mysql.sock" -uroot -e "$2"; }

up() {
  local dir=$1 port=$2
  mkdir -p "$dir/db"
  if [ ! -d "$dir/db/mysql" ]; then
    mariadb-install-db --no-defaults --user="$(id -un)" --datadir="$dir/db" --auth-root-authentication-method=normal \
      --skip-test-db >"$dir/log/mysql-install.log" 2>&1
  fi
  # slurmdbd refuses small buffers and short waits for locks.
  setsid mariadbd --no-defaults --user="$(id -un)" --datadir="$dir/db" --socket="$dir/run/mysql.sock" --pid-file="$dir/run/mysqld.pid" \
    --bind-address=127.0.0.1 --port="$port" --skip-name-resolve --innodb-buffer-pool-size=64M --innodb-lock-wait-timeout=900 \
    --log-error="$dir/log/mysqld.log" </dev/null >/dev/null 2>&1 &
  patiently sql "$dir" 'select 1'
  sql "$dir" "create database if not exists slurm_acct_db; create user if not exists slurm@'127.0.0.1' identified by 'slurm';
    grant all on slurm_acct_db.* to slurm@'127.0.0.1'"
  (umask 077 && cat >"$dir/etc/slurmdbd.conf") <<C
AuthType=auth/munge
AuthInfo=socket=$dir/run/munge.sock
DbdHost=localhost
DbdAddr=127.0.0.1
DbdPort=$((port + 1))
SlurmUser=$(id -un)
StorageType=accounting_storage/mysql
StorageHost=127.0.0.1
StoragePort=$port
StorageUser=slurm
StoragePass=slurm
StorageLoc=slurm_acct_db
LogFile=$dir/log/slurmdbd.log
PidFile=$dir/run/slurmdbd.pid
CommitDelay=0
C
  SLURM_CONF=$dir/etc/slurm.conf slurmdbd
  patiently bash -c "echo >/dev/tcp/127.0.0.1/$((port + 1))"
}

fill() {
  export SLURM_CONF=$1/etc/slurm.conf
  patiently sacctmgr -n show cluster
  sacctmgr -i add account trojan_123 >/dev/null
  sacctmgr -i add user "$(id -un)" account=trojan_123 >/dev/null
  sacctmgr -i modify user "$(id -un)" where account=trojan_123 set MaxSubmitJobs=3 >/dev/null
}

[ $# -ge 2 ] || usage
case $1 in
  up) [ $# -eq 3 ] || usage; up "$2" "$3" ;;
  fill) fill "$2" ;;
  *) usage ;;
esac
