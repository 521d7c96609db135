#!/bin/sh
# Starts the service in the foreground, as the predecessor's debug start did: `cd service/ && ./runme.sh`.
# A thin wrapper around `cryoem serve`; it installs what is missing first. Arguments are passed on.
set -eu
root=$(cd "$(dirname "$0")/.." && pwd)
node "$root/scripts/install.mjs" --web
exec "$root/bin/cryoem" serve "$@"
