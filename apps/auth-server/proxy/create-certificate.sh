#!/bin/sh
# Creates tls.crt and tls.key in a folder, for the host of ISSUER and 90 days, unless the folder has a certificate.
# The certificate is signed by itself: replace both files before people use the platform.
set -eu

folder=$1
if [ -e "$folder/tls.crt" ]; then exit 0; fi
host=${ISSUER#https://}
host=${host%%:*}
umask 077
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -noenc -days 90 -subj "/CN=$host" \
  -addext "subjectAltName=DNS:$host" -keyout "$folder/tls.key" -out "$folder/tls.crt.new"
mv "$folder/tls.crt.new" "$folder/tls.crt"
