#!/bin/sh
# Makes one cluster of the six nodes given as host:port: three primaries, a replica each. Safe to run again: a cluster that is there
# is left as it is. Half of one is not guessed at: it says what to do and fails.
set -eu

[ "$#" -eq 6 ] || { echo "usage: form-cluster.sh host:port (six of them)" >&2; exit 2; }

ask() { # host:port command…
  node=$1
  shift
  redis-cli -h "${node%:*}" -p "${node##*:}" "$@"
}

# Every node sees all slots served and six members: what `done` means, for a new cluster and for an old one.
is_formed() {
  for node in "$@"; do
    info=$(ask "$node" cluster info | tr -d '\r')
    echo "$info" | grep -qx 'cluster_state:ok' || return 1
    echo "$info" | grep -qx 'cluster_slots_ok:16384' || return 1
    echo "$info" | grep -qx 'cluster_known_nodes:6' || return 1
    [ "$(ask "$node" cluster nodes | grep -c ' slave \|,slave ')" -eq 3 ] || return 1
  done
}

# Nodes that keep their files from an earlier run need a moment to find each other again.
wait_until_formed() {
  tries=0
  until is_formed "$@"; do
    tries=$((tries + 1))
    [ "$tries" -lt 60 ] || return 1
    sleep 1
  done
}

is_empty() {
  for node in "$@"; do
    info=$(ask "$node" cluster info | tr -d '\r')
    echo "$info" | grep -qx 'cluster_known_nodes:1' || return 1
    echo "$info" | grep -qx 'cluster_slots_assigned:0' || return 1
  done
}

if is_empty "$@"; then
  redis-cli --cluster create "$@" --cluster-replicas 1 --cluster-yes
fi

if wait_until_formed "$@"; then
  echo 'The cluster is formed: three primaries with a replica each, 16384 slots served.'
else
  echo 'The nodes know of each other but do not form a whole cluster. To begin again: docker compose down --volumes' >&2
  ask "$1" cluster nodes >&2
  exit 1
fi
