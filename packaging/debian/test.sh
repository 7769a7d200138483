#!/bin/sh
# Installs the package in a clean Debian 12, runs it there, upgrades, removes and purges it.  Needs root and a Debian mirror:
# the one that this machine's apt uses, or MIRROR.
# usage: packaging/debian/test.sh PACKAGE [FOLDER]        the folder for the chroot; without it a temporary one
set -eu
package=$(realpath "$1")
home=${2:-$(mktemp -d /var/tmp/amanat-deb.XXXXXX)}
chroot=$home/root
server=

step() { printf '[deb-test] %s\n' "$1"; }
give_up() { printf 'deb-test: %s\n' "$1" >&2; exit 1; }
inside() { env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C.UTF-8 DEBIAN_FRONTEND=noninteractive chroot "$chroot" "$@"; }
as_amanat() { inside runuser -u amanat -- "$@"; }
clean_up() {
	[ -z "$server" ] || kill "$server" 2>/dev/null || true
	umount "$chroot/proc" 2>/dev/null || true
	[ -n "${KEEP:-}" ] || rm -rf --one-file-system "$home"
}
trap clean_up EXIT

[ "$(id -u)" = 0 ] || give_up "a chroot needs root"
command -v debootstrap >/dev/null || give_up "debootstrap is missing: apt-get install debootstrap"
: "${MIRROR:=$(apt-get indextargets --format '$(REPO_URI)' 'Codename: bookworm' | head -n 1)}"

step "A clean Debian 12"
debootstrap --variant=minbase bookworm "$chroot" "$MIRROR" >"$home/debootstrap.log" 2>&1 || { tail -n 5 "$home/debootstrap.log" >&2; give_up "debootstrap failed"; }
mount -t proc proc "$chroot/proc"
printf '#!/bin/sh\nexit 101\n' >"$chroot/usr/sbin/policy-rc.d"
chmod 755 "$chroot/usr/sbin/policy-rc.d"
cp /etc/resolv.conf "$chroot/etc/resolv.conf" 2>/dev/null || true

step "Installing"
cp "$package" "$chroot/root/amanat.deb"
inside apt-get update -qq
inside apt-get install -y -qq --no-install-recommends /root/amanat.deb >"$home/install.log" 2>&1 </dev/null || { tail -n 20 "$home/install.log" >&2; give_up "the installation failed"; }
[ "$(inside stat -c '%U %a' /etc/amanat/keys/region.key)" = "amanat 600" ] || give_up "the key is not amanat's alone"
[ "$(inside stat -c '%U %a' /var/lib/amanat)" = "amanat 710" ] || give_up "the data folder is open to others"
key=$(inside sha256sum /etc/amanat/keys/region.key)
inside test -s /usr/share/man/man1/amanat.1.gz || give_up "no manual page"

start() {
	inside setpriv --reuid amanat --regid amanat --init-groups amanat serve --config /etc/amanat/amanat.ini --set server.port=0 --set server.access_log=false >"$home/said" 2>&1 &
	server=$!
	for _ in $(seq 200); do
		url=$(sed -n 's|^Amanat is ready: \(http://.*\)/$|\1|p' "$home/said")
		[ -z "$url" ] || return 0
		kill -0 "$server" 2>/dev/null || break
		sleep 0.1
	done
	cat "$home/said" >&2
	give_up "it does not start"
}
stop() {
	pkill -TERM -P "$server" 2>/dev/null || kill "$server"
	wait "$server" || give_up "it did not end well"
	server=
}
answers() { node -e 'fetch(process.argv[1]).then(async (a) => { const t = await a.text(); if (!a.ok || !t.includes(process.argv[2])) process.exit(1); })' "$1" "$2"; }

step "Running"
start
answers "$url/healthz" ok || give_up "/healthz"
answers "$url/" "Amanat" || give_up "the page"
stop

step "A person and a clip"
printf 'correct horse battery\n' | as_amanat amanat user add asha --config /etc/amanat/amanat.ini >/dev/null
ffmpeg -v error -f lavfi -i testsrc2=s=360x640:r=25:d=1 -f lavfi -i sine=d=1 -c:v libx264 -pix_fmt yuv420p -c:a aac "$chroot/tmp/clip.mp4"
as_amanat amanat video import /tmp/clip.mp4 --as asha --config /etc/amanat/amanat.ini >"$home/import.log" 2>&1 || { cat "$home/import.log" >&2; give_up "the clip was not published"; }

step "Upgrading in place, then removing and purging: data and key stay"
inside dpkg -i /root/amanat.deb >/dev/null 2>&1
inside apt-get purge -y -qq amanat >"$home/purge.log" 2>&1
grep -q 'kept /var/lib/amanat' "$home/purge.log" || give_up "purge did not say what it kept"
[ "$(inside sha256sum /etc/amanat/keys/region.key)" = "$key" ] || give_up "the key is gone or another"
inside apt-get install -y -qq --no-install-recommends /root/amanat.deb >/dev/null 2>&1 </dev/null
[ "$(inside sha256sum /etc/amanat/keys/region.key)" = "$key" ] || give_up "the key is another after the second installation"
start
answers "$url/api/v1/accounts/asha" '"handle":"asha"' || give_up "asha is gone"
stop

step "Purging what it was told to destroy"
inside touch /etc/amanat/destroy-data
inside apt-get purge -y -qq amanat >/dev/null 2>&1
[ ! -e "$chroot/var/lib/amanat" ] && [ ! -e "$chroot/etc/amanat" ] || give_up "data stayed"
step "Everything holds"
