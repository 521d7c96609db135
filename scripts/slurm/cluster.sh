#!/bin/bash
# A temporary Slurm cluster on a single machine, for development and tests: munge, slurmctld and two slurmd
# with four simulated GPUs each, on loopback, as root, without systemd and control groups. See README.md in
# this folder.
set -eu

usage() {
  cat >&2 <<'T'
usage: cluster.sh up DIR [PORT]   starts a cluster with its files in DIR, on PORT (16817) and the next two ports (with accounting, the next four)
       cluster.sh down DIR        stops it; DIR is kept
       cluster.sh start DIR NAME  starts one daemon that was stopped: slurmctld, c1 or c2
       cluster.sh stop DIR NAME   stops one daemon with SIGTERM
       cluster.sh kill DIR NAME   kills one daemon with SIGKILL; jobs on a node continue
       cluster.sh sweep PARENT    stops and removes clusters in PARENT whose owner (pid in DIR/owner) has ended
then   export SLURM_CONF=DIR/etc/slurm.conf
T
  exit 2
}

# In the order in which they are stopped.
daemons='slurmctld slurmd.c1 slurmd.c2 slurmdbd mysqld munged'
accounting=$(dirname "$(readlink -f "$0")")/accounting.sh
pid_of() { cat "$1/run/$2.pid" 2>/dev/null || true; }

# Whether a process is running. A zombie is not.
is_running() { [ -n "$1" ] && [ -r "/proc/$1/stat" ] && ! grep -q ') Z ' "/proc/$1/stat"; }

is_any_running() {
  local daemon
  for daemon in $daemons; do if is_running "$(pid_of "$1" "$daemon")"; then return 0; fi; done
  return 1
}

# Ids of processes that jobs of this cluster left behind: they have its SLURM_CONF in their environment, and
# either a job id or the name slurmstepd.
leftovers() {
  local file
  for file in $(grep -lzxF "SLURM_CONF=$1/etc/slurm.conf" /proc/[0-9]*/environ 2>/dev/null || true); do
    if grep -qaz '^SLURM_JOB_ID=' "$file" 2>/dev/null || grep -qa slurmstepd "${file%environ}cmdline" 2>/dev/null; then
      echo "${file//[^0-9]/}"
    fi
  done
}

down() {
  local dir=$1 daemon pid
  for daemon in $daemons; do
    pid=$(pid_of "$dir" "$daemon")
    if is_running "$pid"; then kill "$pid" 2>/dev/null || true; fi
  done
  for _ in $(seq 50); do is_any_running "$dir" || break; sleep 0.1; done
  for daemon in $daemons; do
    pid=$(pid_of "$dir" "$daemon")
    if is_running "$pid"; then kill -9 "$pid" 2>/dev/null || true; fi
  done
  for pid in $(leftovers "$dir"); do kill -9 "$pid" 2>/dev/null || true; done
  rm -f "$dir"/run/*.pid
}

accounting_lines() {
  if [ -z "${ACCOUNTING:-}" ]; then echo 'AccountingStorageType=accounting_storage/none'; return; fi
  cat <<C
AccountingStorageType=accounting_storage/slurmdbd
AccountingStorageHost=127.0.0.1
AccountingStoragePort=$(($2 + 4))
AccountingStoragePass=$1/run/munge.sock
AccountingStorageEnforce=associations,limits
C
}

write_config() {
  local dir=$1 port=$2 host
  host=$(hostname -s)
  mkdir -p "$dir"/{etc,log,run,state,spool/c1,spool/c2,dev}
  chmod 755 "$dir" "$dir"/*
  if [ ! -s "$dir/etc/munge.key" ]; then
    (umask 077 && head -c 1024 /dev/urandom >"$dir/etc/munge.key")
  fi
  # slurmd requires a character device for each GPU.
  for i in 0 1 2 3; do ln -sfn /dev/null "$dir/dev/gpu$i"; done
  echo "NodeName=c[1-2] Name=gpu Type=a40 File=$dir/dev/gpu[0-3]" >"$dir/etc/gres.conf"
  # The setting that later versions need without control groups does not exist in Slurm 22.05.
  case $(slurmctld -V) in *\ 2[0-2].*) echo 'CgroupAutomount=no' ;; *) echo 'CgroupPlugin=disabled' ;; esac >"$dir/etc/cgroup.conf"
  cat >"$dir/etc/slurm.conf" <<C
ClusterName=dev
SlurmctldHost=$host(127.0.0.1)
SlurmctldPort=$port
SlurmUser=$(id -un)
SlurmdUser=$(id -un)
AuthType=auth/munge
CredType=cred/munge
AuthInfo=socket=$dir/run/munge.sock
StateSaveLocation=$dir/state
SlurmdSpoolDir=$dir/spool/%n
SlurmctldPidFile=$dir/run/slurmctld.pid
SlurmdPidFile=$dir/run/slurmd.%n.pid
SlurmctldLogFile=$dir/log/slurmctld.log
SlurmdLogFile=$dir/log/slurmd.%n.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
MpiDefault=none
SwitchType=switch/none
ReturnToService=2
SlurmctldTimeout=30
SlurmdTimeout=${SLURMD_TIMEOUT:-10}
InactiveLimit=0
KillWait=2
MinJobAge=${MIN_JOB_AGE:-300}
MaxArraySize=${MAX_ARRAY_SIZE:-10001}
MaxJobCount=${MAX_JOB_COUNT:-20000}
SchedulerType=sched/backfill
SchedulerParameters=sched_interval=1,bf_interval=1,batch_sched_delay=0,sched_min_interval=0,default_queue_depth=1000
SelectType=select/cons_tres
SelectTypeParameters=CR_Core_Memory
SlurmdParameters=config_overrides
DefMemPerCPU=4000
GresTypes=gpu
PreemptType=preempt/partition_prio
PreemptMode=REQUEUE
$(accounting_lines "$dir" "$port")
JobAcctGatherType=jobacct_gather/linux
JobAcctGatherFrequency=task=1
JobAcctGatherParams=OverMemoryKill
NodeName=c1 NodeHostname=$host NodeAddr=127.0.0.1 Port=$((port + 1)) CPUs=16 RealMemory=257000 Gres=gpu:a40:4 State=UNKNOWN
NodeName=c2 NodeHostname=$host NodeAddr=127.0.0.1 Port=$((port + 2)) CPUs=16 RealMemory=257000 Gres=gpu:a40:4 State=UNKNOWN
PartitionName=cryoem_partition Nodes=c1,c2 Default=YES MaxTime=2-00:00:00 DefaultTime=01:00:00 PreemptMode=OFF State=UP
PartitionName=short Nodes=c1 MaxTime=00:10:00 PreemptMode=OFF State=UP
PartitionName=requeued Nodes=c1,c2 PreemptMode=REQUEUE State=UP
PartitionName=cancelled Nodes=c1,c2 PreemptMode=CANCEL State=UP
PartitionName=urgent Nodes=c1,c2 PriorityTier=10 PreemptMode=OFF State=UP
C
}

start_daemon() {
  export SLURM_CONF=$1/etc/slurm.conf
  # Without the redirections, a job that a test leaves running would keep the output of this script open.
  case $2 in
    slurmctld) slurmctld -i >/dev/null 2>&1 ;;
    c1 | c2) slurmd -N "$2" >/dev/null 2>&1 ;;
    *) usage ;;
  esac
}

up() {
  local dir=$1
  mkdir -p "$dir"
  dir=$(cd "$dir" && pwd -P)
  down "$dir"
  write_config "$dir" "$2"
  rm -f "$dir/run/munge.sock"*
  munged --key-file="$dir/etc/munge.key" --socket="$dir/run/munge.sock" --pid-file="$dir/run/munged.pid" \
    --log-file="$dir/log/munged.log" --seed-file="$dir/run/munge.seed" --num-threads=2 2>>"$dir/log/munged.log"
  if [ -n "${ACCOUNTING:-}" ]; then "$accounting" up "$dir" $(($2 + 3)); fi
  start_daemon "$dir" slurmctld
  start_daemon "$dir" c1
  start_daemon "$dir" c2
  # If slurmctld has died, each client call takes nine seconds: its process is checked first.
  for _ in $(seq 200); do
    if is_running "$(pid_of "$dir" slurmctld)" && [ "$(sinfo -h -N -o %T 2>/dev/null | sort -u)" = idle ]; then
      if [ -n "${ACCOUNTING:-}" ]; then "$accounting" fill "$dir"; fi
      exit 0
    fi
    sleep 0.05
  done
  echo "The cluster did not start:" >&2
  tail -n 5 "$dir"/log/*.log >&2
  down "$dir"
  exit 1
}

sweep() {
  local dir owner
  for dir in "$1"/cryoem-slurm-*; do
    [ -f "$dir/owner" ] || continue
    owner=$(cat "$dir/owner")
    if is_running "$owner"; then continue; fi
    down "$dir"
    rm -rf "$dir"
  done
}

[ $# -ge 2 ] || usage
case $1 in
  up) up "$2" "${3:-16817}" ;;
  down) down "$2" ;;
  start) [ $# -eq 3 ] || usage; start_daemon "$2" "$3" ;;
  stop | kill)
    [ $# -eq 3 ] || usage
    if [ "$1" = kill ]; then signal=-9; else signal=-TERM; fi
    case $3 in slurmctld) daemon=slurmctld ;; c1 | c2) daemon=slurmd.$3 ;; *) usage ;; esac
    pid=$(pid_of "$2" "$daemon")
    kill $signal "$pid"
    for _ in $(seq 100); do is_running "$pid" || break; sleep 0.1; done
    rm -f "$2/run/$daemon.pid"
    ;;
  sweep) sweep "$2" ;;
  *) usage ;;
esac
