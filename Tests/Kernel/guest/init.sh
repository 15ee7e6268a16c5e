#!/bin/sh
# The first process inside: lays a writable layer over the host's files and goes on in there.
# boot.sh passes CONTROL, the directory of this run.
export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin

mount -t tmpfs tmpfs /mnt
mkdir /mnt/written /mnt/work /mnt/root
mount -t overlay -o lowerdir=/,upperdir=/mnt/written,workdir=/mnt/work overlay /mnt/root
cd /mnt/root || exit
mount -t hostfs -o "$CONTROL" none ".$CONTROL"

exec chroot . /bin/bash "$CONTROL/setup.sh"
