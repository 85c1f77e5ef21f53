# Runs PostgreSQL for as long as anybody holds the writing end of the pipe on standard input.
#
#   sh -c SCRIPT aura-postgres DATA RUN NAME SIGNAL REMOVE postgres ARGUMENT…
#
# DATA    the data directory
# RUN     the directory of the pipe and of the answers to its users
# NAME    this start's own name: the pipe is RUN/users.NAME, the status of an ended server goes to RUN/ended.NAME
# SIGNAL  what stops the server: INT (disconnect, checkpoint, end) or QUIT (end at once)
# REMOVE  a directory to remove when the last user is gone, or nothing
#
# Lines on the pipe: `join.N` is a new user, answered by the file RUN/join.N; `stay` lets the server go on alone;
# any other line only shows its writer that somebody reads.
# After the end of the pipe no line is answered: who was not answered starts a server anew.

data=$1 run=$2 name=$3 signal=$4 remove=$5
shift 5
# Only the pipe decides. PostgreSQL sets its own handlers.
trap '' HUP INT TERM
exec 3<&0 </dev/null

"$@" 3<&- &
server=$!

# Whether the number of the server still means the server: this script has not collected it, or its own file says so.
is_server() {
    kill -0 "$$" 2>/dev/null && return 0
    read -r number 2>/dev/null <"$data/postmaster.pid" && [ "$number" = "$server" ]
}

{
    while read -r line <&3; do
        case $line in
        stay) exit 0 ;;
        join.*) : >"$run/$line" ;;
        esac
    done
    rm -f "$run/users.$name"
    waited=0
    while [ ! -e "$run/ended.$name" ] && is_server && kill -0 "$server" 2>/dev/null; do
        case $waited in
        0) kill -"$signal" "$server" ;;
        60) kill -QUIT "$server" ;;
        120) kill -KILL "$server" ;;
        esac
        # Most end at once. A system whose `sleep` knows no fractions waits a second.
        if [ "$waited" -ge 20 ] || ! sleep 0.1 2>/dev/null; then sleep 1; fi
        waited=$((waited + 1))
    done
    [ -z "$remove" ] || rm -rf "$remove"
} &
watch=$!
exec 3<&-

wait "$server"
code=$?
if [ -d "$run" ]; then echo "$code" >"$run/ended.$name"; fi
# A server that ended by itself may be started again on its data: that is removed only when the users are gone.
if [ -z "$remove" ]; then kill -KILL "$watch" 2>/dev/null; else wait "$watch"; fi
exit "$code"
