# Runs a pod's command and tells how it ended:
# $1 marker of the lab, $2 launcher, $3 state directory, $4 namespace, $5 name, $6 the pod's directory, then the command.
launcher=$2 data=$3 namespace=$4 name=$5 directory=$6
shift 6
"$@" </dev/null
code=$?
echo $code >"$directory/exit.next" && mv "$directory/exit.next" "$directory/exit"
while [ -d "$directory" ]; do
    "$launcher" --exec cli lab ended --data "$data" -n "$namespace" "$name" "$code" && break
    sleep 1
done
