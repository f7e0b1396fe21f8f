#!/bin/sh
# boot.sh ROOT - systemd as the first process of the Debian in ROOT. To be run in namespaces of its own:
#
#   unshare --pid --fork --mount --uts --ipc --net --cgroup tests/packaging/boot.sh ROOT
#
# What a container manager does, and no more (systemd.io/CONTAINER_INTERFACE): its own /proc, /sys, /dev, /run, control groups.
set -eu
root=$1

mount --make-rprivate /
mount --bind "$root" "$root"
mount -t proc proc "$root/proc"
mount -t sysfs sysfs "$root/sys"
mount -t cgroup2 cgroup2 "$root/sys/fs/cgroup"
mount -t tmpfs -o mode=755 tmpfs "$root/run"
mount -t tmpfs -o mode=755 tmpfs "$root/dev"
for device in null zero full random urandom tty; do
    : >"$root/dev/$device"
    mount --bind "/dev/$device" "$root/dev/$device"
done
mkdir "$root/dev/pts" "$root/dev/shm"
mount -t devpts -o newinstance,ptmxmode=666 devpts "$root/dev/pts"
ln -s pts/ptmx "$root/dev/ptmx"
mount -t tmpfs tmpfs "$root/dev/shm"
mkdir -p "$root/old"
cd "$root"
pivot_root . old
umount -l /old
exec env -i container=carrel-test PATH=/usr/sbin:/usr/bin:/sbin:/bin /lib/systemd/systemd --system --log-target=null
