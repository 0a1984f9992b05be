# Runs a command as a pod sees the world: $1 the pod's directory, $2 its host name, then the command.
# The caller has entered the pod's network namespace and made mount and UTS namespaces.
mount --bind "$1/resolv.conf" /etc/resolv.conf || exit 125
mount --bind "$1/hosts" /etc/hosts || exit 125
hostname "$2" || exit 125
shift 2
exec "$@"
