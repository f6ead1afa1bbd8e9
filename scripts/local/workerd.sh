#!/bin/sh
# Miniflare starts this for workerd: it writes down which process it is about to become, so that one left behind by
# a killed Node can be found, and known for what it is, by its command line.
printf '%s\n%s\n' "$$" "$*" > "$LOCAL_WORKERD_RECORD"
exec "$LOCAL_WORKERD" "$@"
