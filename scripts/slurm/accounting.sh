#!/bin/bash
# Slurm accounting for the temporary cluster of cluster.sh, which calls this script: a separate MariaDB and
# slurmdbd, on loopback. Account trojan_123 may submit jobs, at most three at a time; other accounts may not.
set -eu

usage() {
  cat >&2 <<'T'
usage: accounting.sh up DIR PORT   starts MariaDB on PORT and slurmdbd on PORT+1; the munge of DIR must be running
       accounting.sh fill DIR      adds the account; the slurmctld of DIR must be running
cluster.sh down stops both.
T
  exit 2
}

# Repeats a command until it succeeds, for at most a minute.
retry() {
  for _ in $(seq 600); do
    if "$@" >/dev/null 2>&1; then return 0; fi
    sleep 0.1
  done
  echo "Timed out: $*" >&2
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
  # slurmdbd refuses small buffers and short lock timeouts.
  setsid mariadbd --no-defaults --user="$(id -un)" --datadir="$dir/db" --socket="$dir/run/mysql.sock" --pid-file="$dir/run/mysqld.pid" \
    --bind-address=127.0.0.1 --port="$port" --skip-name-resolve --innodb-buffer-pool-size=64M --innodb-lock-wait-timeout=900 \
    --log-error="$dir/log/mysqld.log" </dev/null >/dev/null 2>&1 &
  retry sql "$dir" 'select 1'
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
  retry bash -c "echo >/dev/tcp/127.0.0.1/$((port + 1))"
}

fill() {
  export SLURM_CONF=$1/etc/slurm.conf
  retry sacctmgr -n show cluster
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
