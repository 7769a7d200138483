#!/bin/sh
# Makes the Debian package out of a build with prefix /usr.
# usage: packaging/debian/build.sh BUILD_FOLDER OUT_FOLDER        prints the package's path
set -eu
cd "$(dirname "$0")/../.."
build=$1 out=$2
version=$(sed -n "s/^  version: '\(.*\)',/\1/p" meson.build)
architecture=$(dpkg --print-architecture)
stage=$(mktemp -d)
trap 'rm -rf "$stage"' EXIT
root=$stage/debian/amanat
documents=$root/usr/share/doc/amanat

DESTDIR=$root meson install -C "$build" --no-rebuild --strip --quiet >/dev/null
install -D -m 644 -t "$root/lib/systemd/system" packaging/systemd/amanat.service packaging/systemd/amanat.socket
install -D -m 644 -t "$root/etc/amanat" packaging/debian/amanat.ini
install -D -m 644 packaging/debian/copyright "$documents/copyright"
install -D -m 644 -t "$documents" LICENSE docs/operating.md docs/threat-model.md SECURITY.md
install -D -m 644 -t "$documents/examples" packaging/nginx/amanat.conf packaging/caddy/Caddyfile packaging/grafana/amanat.json
gzip -9n "$documents/LICENSE" "$root"/usr/share/man/man1/amanat.1

install -d -m 755 "$root/DEBIAN"
install -m 755 -t "$root/DEBIAN" packaging/debian/postinst packaging/debian/prerm packaging/debian/postrm
echo /etc/amanat/amanat.ini >"$root/DEBIAN/conffiles"
printf 'Source: amanat\n\nPackage: amanat\nArchitecture: any\n' >"$stage/debian/control"
depends=$(cd "$stage" && dpkg-shlibdeps --ignore-missing-info -O debian/amanat/usr/bin/amanat debian/amanat/usr/libexec/amanat/amanat-media 2>/dev/null |
	sed -n 's/^shlibs:Depends=//p')
cat >"$root/DEBIAN/control" <<END
Package: amanat
Version: $version
Architecture: $architecture
Maintainer: The Amanat authors <amanat@localhost>
Installed-Size: $(du -ks --exclude=DEBIAN "$root" | cut -f1)
Depends: $depends, libcurl3-gnutls (>= 7.85), adduser, init-system-helpers (>= 1.54), util-linux
Recommends: fonts-noto-core, ca-certificates
Suggests: nginx | caddy
Section: web
Priority: optional
Description: short video, held in trust
 A node of a short-video network: server, database and client in one
 program, and amanat-media, which works on uploaded clips in a sandbox.
 What people entrust to it is encrypted under a key that lies outside the
 data folder; who asked for it is counted where everybody can see it.
END
(cd "$root" && find . -type f ! -path './DEBIAN/*' -printf '%P\0' | sort -z | xargs -0 md5sum >DEBIAN/md5sums)
mkdir -p "$out"
dpkg-deb --root-owner-group -Zxz --build "$root" "$out/amanat_${version}_$architecture.deb" >/dev/null
printf '%s\n' "$out/amanat_${version}_$architecture.deb"
