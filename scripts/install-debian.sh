#!/bin/sh
# Installs the Debian packages that tests use, if any is missing. Called by `npm test` as root on Debian.
# A package that cannot be installed is not an error: the tests that need it are skipped, and their titles
# give the reason.
set -u
packages=''
need() { # need PROGRAM-OR-FILE PACKAGE
  command -v "$1" >/dev/null 2>&1 || [ -e "$1" ] || packages="$packages $2"
}
need chromium chromium
need tiffcp libtiff-tools
need /usr/share/fonts/truetype/dejavu/DejaVuSans.ttf fonts-dejavu-core
need curl curl
need python3 python3
need git git
need relion_run_motioncorr relion # 46 MB to fetch, at most 200 MB installed, seconds to unpack
need /usr/sbin/slurmctld slurmctld
need /usr/sbin/slurmd slurmd
need sbatch slurm-client
need /usr/sbin/munged munge
need /usr/sbin/nginx nginx-light
need openssl openssl
[ -n "$packages" ] || exit 0

echo "Installing Debian packages for the tests:$packages" >&2
export DEBIAN_FRONTEND=noninteractive
export RUNLEVEL=1 # servers are installed, but not started
apt-get update -qq >&2 || exit 0
# shellcheck disable=SC2086 # a list of names, split on purpose
apt-get install -y -qq --no-install-recommends $packages >&2 || echo "Some could not be installed; the tests that need them are skipped." >&2
exit 0
